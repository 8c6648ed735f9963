"""(being written)"""
def paper(request, **kwargs): raise NotImplementedError
def basics(request, **kwargs): raise NotImplementedError
def response(request, **kwargs): raise NotImplementedError
def submit(request, **kwargs): raise NotImplementedError
def withdraw(request, **kwargs): raise NotImplementedError
def history(request, **kwargs): raise NotImplementedError
def conflicts(request, **kwargs): raise NotImplementedError
def revision(request, **kwargs): raise NotImplementedError
def answer(request, **kwargs): raise NotImplementedError
