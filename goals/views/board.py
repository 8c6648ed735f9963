"""(being written)"""
def board(request, **kwargs): raise NotImplementedError
def open_year(request, **kwargs): raise NotImplementedError
def coverage(request, **kwargs): raise NotImplementedError
