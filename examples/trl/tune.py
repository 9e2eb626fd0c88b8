"""Fine-tunes a model of Pawl's stage `pretrain` with TRL's SFTTrainer, and gives back a model that Pawl's stages read.

TRL writes its checkpoints itself: a callback requests one when Pawl wants one, and renames it to the number of its step.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

import pawl
import torch
from datasets import load_dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import SFTConfig, SFTTrainer

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=60)
arguments = parser.parse_args()

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)

# Checkpoints are renamed, so they are written where Pawl takes them from.
checkpoints = Path(os.environ.get("PAWL_CHECKPOINT_DIR", "checkpoints"))
base = pawl.inputs("model")
tokenizer = AutoTokenizer.from_pretrained(base)
model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
rows = load_dataset("json", data_files=str(pawl.inputs("rows") / "data.jsonl"), split="train")


class Checkpoints(TrainerCallback):
    """Pawl's checkpoints, progress and metrics."""

    def on_step_end(self, args, state, control, **kwargs):
        pawl.progress(state.global_step, state.max_steps, phase="train")
        if state.global_step < state.max_steps:
            control.should_save = pawl.due()
            control.should_training_stop = pawl.stopping()

    def on_save(self, args, state, control, **kwargs):
        with pawl.checkpoint(state.global_step) as directory:
            os.rename(checkpoints / f"checkpoint-{state.global_step}", directory)

    def on_log(self, args, state, control, logs, **kwargs):
        if "loss" in logs:
            pawl.metrics(state.global_step, loss=logs["loss"])


trainer = SFTTrainer(
    model=model,
    processing_class=tokenizer,
    train_dataset=rows,
    callbacks=[Checkpoints()],
    args=SFTConfig(
        output_dir=str(checkpoints),
        max_steps=arguments.steps,
        per_device_train_batch_size=8,
        learning_rate=2e-3,
        max_length=96,
        seed=pawl.seed(),
        save_strategy="no",
        logging_steps=1,
        report_to="none",
        disable_tqdm=True,
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
    ),
)
step, newest = pawl.resume()
trainer.train(resume_from_checkpoint=None if newest is None else str(newest))
if trainer.state.global_step < arguments.steps:
    sys.exit(pawl.TRY_AGAIN)

model.save_pretrained(pawl.outputs("model"))
# The tokenizer is unchanged, and Pawl reads it in the form that it has written.
for name in ["tokenizer.json", "tokenizer_config.json"]:
    shutil.copy(base / name, pawl.outputs("model") / name)
