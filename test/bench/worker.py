"""The process that a method lives in: timing.py starts it with the number of its end of a pipe.

    python3 worker.py DESCRIPTOR
"""
import sys
from multiprocessing.connection import Connection

from timing import serve

if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
