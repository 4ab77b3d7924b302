"""Options that both programs take."""
import shutil

import samples


def add(parser):
    parser.add_argument("--threads", type=int, default=2, help="of every method (default 2)")
    parser.add_argument("--peers", metavar="PYTHON",
                        help="the Python of a virtual environment with other releases of peers")
    parser.add_argument("--data", default=samples.FOLDER, help="folder of Fashion-MNIST")
    parser.add_argument("--output", default="build/bench", help="folder for what is written")


def parse(parser, words):
    arguments = parser.parse_args(words)
    if arguments.threads < 1 or (arguments.runs is not None and arguments.runs < 1):
        parser.error("--threads and --runs take a number from 1")
    if arguments.peers and not shutil.which(arguments.peers):
        parser.error("--peers: %s is no program" % arguments.peers)
    return arguments
