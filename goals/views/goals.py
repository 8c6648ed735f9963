"""(being written)"""
def new(request, **kwargs): raise NotImplementedError
def copy(request, **kwargs): raise NotImplementedError
def edit(request, **kwargs): raise NotImplementedError
def remove(request, **kwargs): raise NotImplementedError
def move(request, **kwargs): raise NotImplementedError
