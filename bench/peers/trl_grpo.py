"""GRPO of Pawl's model by TRL's GRPOTrainer, on a processor.

usage: trl_grpo.py eager|compile THREADS < run as JSON
All responses are one batch: smaller ones with accumulation take as long. torch.compile reaches the update only: TRL
generates with the plain model. Reads one line per measurement from standard input, `run N`, and answers with the
seconds and the completion tokens of each of N training steps as JSON. Between two of its steps the trainer waits.
"""

import json
import sys
import time

import torch
from datasets import Dataset
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

mode, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
run = json.loads(sys.stdin.readline())
model = run["model"]


def words(ids):
    return " ".join(f"w{i}" for i in ids)


def tokenizer():
    vocabulary = {f"w{i}": i for i in range(model["vocabulary"])}
    stop = f"w{run['stop']}"
    level = Tokenizer(WordLevel(vocabulary, unk_token=stop))
    level.pre_tokenizer = WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=level, eos_token=stop, pad_token=stop, padding_side="left")


def policy():
    if "weights" in run:
        return Qwen3ForCausalLM.from_pretrained(run["weights"], dtype=torch.float32)
    config = Qwen3Config(
        vocab_size=model["vocabulary"],
        hidden_size=model["hiddenSize"],
        intermediate_size=model["intermediateSize"],
        num_hidden_layers=model["layers"],
        num_attention_heads=model["heads"],
        num_key_value_heads=model["keyValueHeads"],
        head_dim=model["hiddenSize"] // model["heads"],
        max_position_embeddings=model["contextLength"],
        tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        rms_norm_eps=1e-6,
        initializer_range=0.02,
        bos_token_id=run["stop"],
        eos_token_id=run["stop"],
        pad_token_id=run["stop"],
        dtype="float32",
    )
    torch.manual_seed(0)
    return Qwen3ForCausalLM(config)


tokens = []


def share_of_even(prompts, completions, completion_ids, **_):
    tokens.append(sum(len(ids) for ids in completion_ids))
    return [sum(token % 2 == 0 for token in ids) / len(ids) for ids in completion_ids]


class Turns(TrainerCallback):
    """Does as many steps as each line of standard input says, and answers with their seconds."""

    def __init__(self):
        self.seconds = []
        self.left = 0

    def on_step_begin(self, args, state, control, **_):
        if self.left == 0:
            self.wait()

    def on_step_end(self, args, state, control, **_):
        now = time.perf_counter()
        self.seconds.append(now - self.since)
        self.since = now
        self.left -= 1
        if self.left == 0:
            print(json.dumps({"seconds": self.seconds, "tokens": tokens}), file=answers, flush=True)
            self.seconds.clear()
            tokens.clear()
            self.wait()

    def wait(self):
        line = sys.stdin.readline()
        if not line:
            sys.exit(0)
        self.left = int(line.split()[1])
        self.since = time.perf_counter()


# Standard output carries answers only.
answers, sys.stdout = sys.stdout, sys.stderr
config = GRPOConfig(
    output_dir=run["directory"],
    use_cpu=True,
    bf16=False,
    per_device_train_batch_size=run["groups"] * run["groupSize"],
    num_generations=run["groupSize"],
    max_completion_length=run["response"],
    temperature=1.0,
    top_k=0,
    beta=0.0,
    num_iterations=1,
    loss_type="dapo",
    learning_rate=run["learningRate"],
    lr_scheduler_type="constant",
    optim="adamw_torch_fused",
    max_grad_norm=1.0,
    gradient_checkpointing=False,
    torch_compile=mode == "compile",
    max_steps=1_000_000,
    logging_strategy="no",
    save_strategy="no",
    report_to="none",
    disable_tqdm=True,
    dataloader_pin_memory=False,
)
trainer = GRPOTrainer(
    model=policy(),
    reward_funcs=share_of_even,
    args=config,
    train_dataset=Dataset.from_dict({"prompt": [words(prompt) for prompt in run["prompts"]]}),
    processing_class=tokenizer(),
    callbacks=[Turns()],
)
trainer.train()
