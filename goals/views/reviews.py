"""(being written)"""
def review(request, **kwargs): raise NotImplementedError
def begin(request, **kwargs): raise NotImplementedError
def remark(request, **kwargs): raise NotImplementedError
def drop_remark(request, **kwargs): raise NotImplementedError
def settle(request, **kwargs): raise NotImplementedError
def return_(request, **kwargs): raise NotImplementedError
def receive(request, **kwargs): raise NotImplementedError
def finalise(request, **kwargs): raise NotImplementedError
def reopen(request, **kwargs): raise NotImplementedError
