"""Greedy generation with transformers and its cache, from a Hugging Face directory.

usage: transformers_generate.py THREADS < run as JSON
Reads one line per measurement from standard input, `cached ROWS`, and answers with the seconds and the tokens of each row.
"""

import json
import sys
import time

import torch
from transformers import AutoModelForCausalLM

torch.set_num_threads(int(sys.argv[1]))
run = json.loads(sys.stdin.readline())
model = AutoModelForCausalLM.from_pretrained(run["directory"], dtype=torch.float32).eval()
model.generation_config.eos_token_id = None


@torch.inference_mode()
def generate(prompts):
    longest = max(len(prompt) for prompt in prompts)
    # Padding before the prompt, and a mask over it, as transformers wants unequal prompts.
    tokens = torch.tensor([[0] * (longest - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    written = model.generate(
        input_ids=tokens,
        attention_mask=mask,
        max_new_tokens=run["newTokens"],
        do_sample=False,
        use_cache=True,
        pad_token_id=0,
    )
    return written[:, longest:].tolist()


for line in sys.stdin:
    rows = int(line.split()[1])
    start = time.perf_counter()
    tokens = generate(run["prompts"][:rows])
    print(json.dumps({"seconds": time.perf_counter() - start, "tokens": tokens}), flush=True)
