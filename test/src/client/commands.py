"""Runs commands of the OpenStack client in one process: starting it takes a second of the processor, a command a hundredth.

Each line of the input is the JSON list of a command's words, each of the output the JSON of its end.
"""

import contextlib
import io
import json
import logging
import sys

from openstackclient import shell


def run(words):
    # Each command adds handlers of its own to the root logger, which write to the streams of its time.
    logging.getLogger().handlers.clear()
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            code = shell.main(words)
        except SystemExit as end:
            code = end.code
    return {"code": code or 0, "stdout": stdout.getvalue(), "stderr": stderr.getvalue()}


sys.argv = ["openstack"]
for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
