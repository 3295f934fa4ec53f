"""People who ask over the REST interface, each the next question as soon as the last is answered.

Not a test: it measures, and needs a server that runs and the extra ``load``. The README says how.
"""

import json
import random
from pathlib import Path
from time import sleep  # locust has made it one that lets others go on

from locust import FastHttpUser, task

QUESTIONS = [
    json.loads(line)["question"]
    for line in (Path(__file__).parent / "questions.jsonl").read_text("utf-8").splitlines()
]


class Reader(FastHttpUser):
    """Someone with questions; whatever is no answer, or one without its sources, is a failure."""

    @task
    def ask(self) -> None:
        asked = {"question": random.choice(QUESTIONS)}
        with self.client.post("/api/ask", json=asked, catch_response=True) as response:
            answer = response.json() if response.status_code == 200 else {}
            wait = response.headers.get("Retry-After") if response.status_code == 429 else None
            if wait:
                response.success()
                sleep(int(wait))
            elif not answer:
                response.failure(f"{response.status_code}: {response.text}")
            elif answer["answered"] != bool(answer["citations"]):
                response.failure("an answer without sources, or a refusal with some")
