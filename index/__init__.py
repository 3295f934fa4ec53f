"""Tenkyo (典拠): answers with passage-level citations over a set of articles.

Nothing here tells anyone outside that it runs, or of what it reads. Some libraries do so by themselves
unless these variables are set before they are imported, which is why they are set here, whatever they
were before: every module comes after, and child processes take them along. A model that a setting
names is still fetched from the hub, and an address that a user gives from where it leads.
"""

import os

os.environ.update(
    {
        # onnxruntime (1.31) writes a number of the device into the cache, and sends events some 10 s after its import.
        "ORT_DISABLE_TELEMETRY": "1",
        "GRADIO_ANALYTICS_ENABLED": "False",
        # huggingface_hub, and what goes by it: transformers, sentence-transformers, gradio_client
        "HF_HUB_DISABLE_TELEMETRY": "1",
        # transformers asks a service to convert models of the hub that are not in safetensors.
        "DISABLE_SAFETENSORS_CONVERSION": "1",
        # langchain sends what passes through its retrievers to whom the user lets trace other programs.
        "LANGSMITH_TRACING_V2": "false",
        "FASTAPI_OTEL_AUTO_CONFIGURE": "false",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
    }
)
