"""人事・組織の取込み: the whole organisation of a spring as one Excel file.

``sheets`` says what the file looks like, ``state`` what is stored, ``checking`` makes of both a
plan (or a list of problems), ``effects`` tells who gains and loses what, ``writing`` carries a
plan out and takes it back, ``workbooks`` writes the template and the present state.
"""
