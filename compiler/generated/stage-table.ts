// Written by `npm run generate`; do not edit.
import type { ArtifactKind } from "../../schemas/artifact.js";
import type { StageType } from "../../schemas/stages/index.js";
import type { Schema } from "../schema.js";

/** What the language knows of a stage type, as plain data. */
export interface StageEntry {
  summary: string;
  version: number;
  usesTensors: boolean;
  /** Artifact kind by output name. */
  outputs: Readonly<Record<string, ArtifactKind>>;
  /** Description by metric name. */
  metrics: Readonly<Record<string, string>>;
  with: Schema;
}

export const stageTable: Readonly<Record<StageType, StageEntry>> = {
 "dataset": {
  "summary": "reads text or records from a file, a package, an address or the Hugging Face hub; splits off held-out rows by hash",
  "version": 2,
  "usesTensors": false,
  "outputs": {
   "train": "dataset",
   "heldOut": "dataset"
  },
  "metrics": {
   "trainRows": "rows to learn from",
   "heldOutRows": "rows held out",
   "bytes": "size of all rows, UTF-8",
   "droppedEmpty": "rows left out because a field is blank",
   "droppedMissing": "rows left out because they lack a field",
   "droppedIdentical": "preferences left out because both responses are equal",
   "droppedTurns": "preferences left out because they are no question with one answer each",
   "beyondLimit": "rows that the limit left out",
   "duplicates": "rows that equal an earlier one; they are kept, on the same side"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "source",
    "format",
    "unit",
    "minimumBytes",
    "heldOut"
   ],
   "properties": {
    "source": {
     "additionalProperties": false,
     "description": "exactly one of file, package, url, huggingFace, text",
     "type": "object",
     "properties": {
      "file": {
       "minLength": 1,
       "x-path": true,
       "description": "a path below the working folder",
       "type": "string"
      },
      "package": {
       "minLength": 1,
       "description": "an installed npm data package",
       "type": "string"
      },
      "path": {
       "minLength": 1,
       "x-path": true,
       "description": "a file (or `*` pattern) inside the package or the Hugging Face data set",
       "type": "string"
      },
      "url": {
       "pattern": "^https?://",
       "description": "an address to download",
       "type": "string"
      },
      "sha256": {
       "pattern": "^[0-9a-f]{64}$",
       "description": "the download's digest, checked",
       "type": "string"
      },
      "huggingFace": {
       "minLength": 1,
       "description": "owner/name of a data set on the Hugging Face hub",
       "type": "string"
      },
      "revision": {
       "minLength": 1,
       "description": "commit, tag or branch of the data set; main when absent",
       "type": "string"
      },
      "text": {
       "description": "the text itself",
       "type": "string"
      }
     }
    },
    "format": {
     "type": "string",
     "enum": [
      "auto",
      "text",
      "jsonl",
      "json",
      "csv",
      "parquet"
     ],
     "default": "auto",
     "description": "auto: by the file's extension"
    },
    "query": {
     "description": "SQL (DuckDB) over the table `data`; text formats have the columns line and file",
     "type": "string"
    },
    "columns": {
     "additionalProperties": false,
     "description": "which columns hold what; default: columns of those names",
     "type": "object",
     "properties": {
      "text": {
       "minLength": 1,
       "type": "string"
      },
      "instruction": {
       "minLength": 1,
       "type": "string"
      },
      "response": {
       "minLength": 1,
       "type": "string"
      },
      "task": {
       "minLength": 1,
       "description": "of an instruction, if need be",
       "type": "string"
      },
      "prompt": {
       "minLength": 1,
       "type": "string"
      },
      "chosen": {
       "minLength": 1,
       "type": "string"
      },
      "rejected": {
       "minLength": 1,
       "type": "string"
      },
      "margin": {
       "minLength": 1,
       "description": "of a preference, if need be",
       "type": "string"
      }
     }
    },
    "unit": {
     "type": "string",
     "enum": [
      "document",
      "paragraph",
      "line"
     ],
     "default": "document",
     "description": "text only: what one row is"
    },
    "minimumBytes": {
     "minimum": 1,
     "default": 1,
     "description": "text only: paragraphs are joined up to this size",
     "type": "integer"
    },
    "heldOut": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0,
     "description": "share of rows held out, by hash of the row; of preferences, of the prompt",
     "type": "number"
    },
    "limit": {
     "minimum": 1,
     "description": "at most so many rows, chosen by hash",
     "type": "integer"
    }
   }
  }
 },
 "tokenize": {
  "summary": "trains a byte-level BPE tokenizer (or takes one) and encodes data sets",
  "version": 1,
  "usesTensors": false,
  "outputs": {
   "tokenizer": "tokenizer",
   "tokens": "tokens",
   "heldOut": "tokens"
  },
  "metrics": {
   "vocabularySize": "tokens in the vocabulary",
   "trainTokens": "tokens to learn from",
   "heldOutTokens": "tokens held out",
   "trainDocuments": "rows to learn from",
   "heldOutDocuments": "rows held out",
   "bytesPerToken": "average over the training rows"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "train",
    "heldOut",
    "vocabularyFrom",
    "vocabularySize"
   ],
   "properties": {
    "train": {
     "minItems": 1,
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "rows to learn from",
      "x-artifact": "dataset",
      "type": "object",
      "required": [
       "artifact",
       "digest"
      ],
      "properties": {
       "artifact": {
        "const": "dataset",
        "type": "string"
       },
       "digest": {
        "pattern": "^[0-9a-f]{64}$",
        "type": "string"
       }
      }
     }
    },
    "heldOut": {
     "default": [],
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "rows never to learn from",
      "x-artifact": "dataset",
      "type": "object",
      "required": [
       "artifact",
       "digest"
      ],
      "properties": {
       "artifact": {
        "const": "dataset",
        "type": "string"
       },
       "digest": {
        "pattern": "^[0-9a-f]{64}$",
        "type": "string"
       }
      }
     }
    },
    "vocabularyFrom": {
     "default": [],
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "further rows that shape the vocabulary but are not encoded",
      "x-artifact": "dataset",
      "type": "object",
      "required": [
       "artifact",
       "digest"
      ],
      "properties": {
       "artifact": {
        "const": "dataset",
        "type": "string"
       },
       "digest": {
        "pattern": "^[0-9a-f]{64}$",
        "type": "string"
       }
      }
     }
    },
    "vocabularySize": {
     "minimum": 300,
     "maximum": 200000,
     "default": 2048,
     "description": "tokens, bytes and special ones included",
     "type": "integer"
    },
    "tokenizer": {
     "additionalProperties": false,
     "description": "use this tokenizer; none is trained",
     "x-artifact": "tokenizer",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "tokenizer",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    }
   }
  }
 },
 "pretrain": {
  "summary": "trains a transformer from random weights by next-token prediction",
  "version": 1,
  "usesTensors": true,
  "outputs": {
   "model": "model",
   "initial": "model"
  },
  "metrics": {
   "loss": "training loss of the last steps, nats a token",
   "heldOutLoss": "held-out loss at the end, nats a token",
   "steps": "updates made",
   "tokens": "tokens seen",
   "epochs": "times that the data were seen",
   "parameters": "weights of the model",
   "heldOutBitsPerByte": "held-out loss at the end, bits a byte of text"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "tokens",
    "architecture",
    "steps",
    "batchSize",
    "accumulate",
    "learningRate",
    "minimumLearningRate",
    "warmupSteps",
    "schedule",
    "optimizer",
    "weightDecay",
    "beta1",
    "beta2",
    "gradientClip",
    "evaluateEvery"
   ],
   "properties": {
    "tokens": {
     "additionalProperties": false,
     "description": "what to learn from",
     "x-artifact": "tokens",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "tokens",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "heldOut": {
     "additionalProperties": false,
     "description": "what to measure the loss on",
     "x-artifact": "tokens",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "tokens",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "architecture": {
     "additionalProperties": false,
     "default": {},
     "description": "architecture of the model; Qwen3 layout",
     "type": "object",
     "required": [
      "layers",
      "hiddenSize",
      "heads",
      "contextLength",
      "ropeTheta",
      "tieEmbeddings"
     ],
     "properties": {
      "layers": {
       "minimum": 1,
       "default": 4,
       "description": "transformer blocks",
       "type": "integer"
      },
      "hiddenSize": {
       "minimum": 8,
       "default": 128,
       "description": "size of the hidden states",
       "type": "integer"
      },
      "heads": {
       "minimum": 1,
       "default": 4,
       "description": "query heads",
       "type": "integer"
      },
      "keyValueHeads": {
       "minimum": 1,
       "description": "default: heads",
       "type": "integer"
      },
      "headDim": {
       "minimum": 2,
       "multipleOf": 2,
       "description": "default: hiddenSize / heads",
       "type": "integer"
      },
      "intermediateSize": {
       "minimum": 8,
       "description": "default: 8/3 hiddenSize, rounded up to a multiple of 32",
       "type": "integer"
      },
      "contextLength": {
       "minimum": 2,
       "default": 128,
       "description": "longest sequence, tokens",
       "type": "integer"
      },
      "ropeTheta": {
       "exclusiveMinimum": 1,
       "default": 10000,
       "description": "base of the rotary position embedding",
       "type": "number"
      },
      "ropeScaling": {
       "additionalProperties": false,
       "description": "RoPE stretched to longer sequences; absent: as it is",
       "type": "object",
       "required": [
        "type",
        "factor",
        "originalContextLength"
       ],
       "properties": {
        "type": {
         "type": "string",
         "enum": [
          "linear",
          "ntk",
          "yarn"
         ],
         "description": "linear: all angles divided; ntk: a larger ropeTheta; yarn: slow pairs divided, fast ones left alone"
        },
        "factor": {
         "minimum": 1,
         "description": "longest sequence ÷ the original one",
         "type": "number"
        },
        "originalContextLength": {
         "minimum": 2,
         "description": "longest sequence without scaling, tokens",
         "type": "integer"
        }
       }
      },
      "tieEmbeddings": {
       "default": true,
       "description": "the output layer is the embedding matrix",
       "type": "boolean"
      },
      "attention": {
       "type": "string",
       "enum": [
        "dense",
        "local",
        "sparse"
       ],
       "description": "what a token sees of the tokens before it; dense (the default): all; local: a window; sparse: a window, and blocks that the model selects"
      },
      "window": {
       "minimum": 1,
       "description": "local, sparse: tokens that a token sees, itself and those right before it",
       "type": "integer"
      },
      "sinks": {
       "minimum": 0,
       "maximum": 64,
       "description": "local: first tokens of a document that all its tokens see; default: 0",
       "type": "integer"
      },
      "blockSize": {
       "minimum": 2,
       "description": "sparse: tokens of a block, a divisor of window; default: 32",
       "type": "integer"
      },
      "selectedBlocks": {
       "minimum": 1,
       "description": "sparse: blocks that a token sees beyond its window; default: 8",
       "type": "integer"
      }
     }
    },
    "steps": {
     "minimum": 0,
     "default": 1000,
     "description": "optimiser updates",
     "type": "integer"
    },
    "batchSize": {
     "minimum": 1,
     "default": 16,
     "description": "sequences a step, before accumulation",
     "type": "integer"
    },
    "accumulate": {
     "minimum": 1,
     "default": 1,
     "description": "micro-batches summed into one update",
     "type": "integer"
    },
    "sequenceLength": {
     "minimum": 2,
     "description": "tokens a sequence; default: the model's context",
     "type": "integer"
    },
    "learningRate": {
     "exclusiveMinimum": 0,
     "maximum": 10,
     "default": 0.001,
     "description": "highest, after the warm-up",
     "type": "number"
    },
    "minimumLearningRate": {
     "minimum": 0,
     "maximum": 10,
     "default": 0,
     "description": "where the schedule ends",
     "type": "number"
    },
    "warmupSteps": {
     "minimum": 0,
     "default": 0,
     "description": "steps of linear growth from 0",
     "type": "integer"
    },
    "schedule": {
     "type": "string",
     "enum": [
      "cosine",
      "wsd",
      "constant"
     ],
     "default": "cosine",
     "description": "after the warm-up; wsd: constant, then down to the minimum over the last fifth"
    },
    "optimizer": {
     "type": "string",
     "enum": [
      "adamw",
      "muon"
     ],
     "default": "adamw",
     "description": "muon: Muon for the hidden matrices, AdamW for everything else"
    },
    "weightDecay": {
     "minimum": 0,
     "default": 0.1,
     "description": "decoupled; matrices only",
     "type": "number"
    },
    "beta1": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.9,
     "description": "decay of the first moment",
     "type": "number"
    },
    "beta2": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.95,
     "description": "decay of the second moment",
     "type": "number"
    },
    "gradientClip": {
     "exclusiveMinimum": 0,
     "default": 1,
     "description": "global norm",
     "type": "number"
    },
    "evaluateEvery": {
     "minimum": 0,
     "default": 0,
     "description": "steps between held-out losses; 0: only at the end",
     "type": "integer"
    }
   }
  }
 },
 "sft": {
  "summary": "instruction fine-tuning: loss on the response's tokens only, chat template, packed sequences",
  "version": 1,
  "usesTensors": true,
  "outputs": {
   "model": "model"
  },
  "metrics": {
   "loss": "training loss of the last steps, nats a token",
   "heldOutLoss": "held-out loss at the end, nats a token",
   "steps": "updates made",
   "tokens": "response tokens seen",
   "examples": "examples learnt from",
   "tooLong": "examples left out because they are longer than a sequence",
   "heldOutTooLong": "held-out examples left out for the same reason"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "model",
    "data",
    "heldOut",
    "epochs",
    "batchSize",
    "accumulate",
    "learningRate",
    "minimumLearningRate",
    "warmupSteps",
    "schedule",
    "optimizer",
    "weightDecay",
    "beta1",
    "beta2",
    "gradientClip",
    "evaluateEvery"
   ],
   "properties": {
    "model": {
     "additionalProperties": false,
     "description": "the model to start from",
     "x-artifact": "model",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "model",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "data": {
     "minItems": 1,
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "instruction–response rows",
      "x-artifact": "dataset",
      "type": "object",
      "required": [
       "artifact",
       "digest"
      ],
      "properties": {
       "artifact": {
        "const": "dataset",
        "type": "string"
       },
       "digest": {
        "pattern": "^[0-9a-f]{64}$",
        "type": "string"
       }
      }
     }
    },
    "heldOut": {
     "default": [],
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "rows to measure the loss on",
      "x-artifact": "dataset",
      "type": "object",
      "required": [
       "artifact",
       "digest"
      ],
      "properties": {
       "artifact": {
        "const": "dataset",
        "type": "string"
       },
       "digest": {
        "pattern": "^[0-9a-f]{64}$",
        "type": "string"
       }
      }
     }
    },
    "epochs": {
     "exclusiveMinimum": 0,
     "default": 3,
     "description": "times through the data",
     "type": "number"
    },
    "batchSize": {
     "minimum": 1,
     "default": 16,
     "description": "sequences a step, before accumulation",
     "type": "integer"
    },
    "accumulate": {
     "minimum": 1,
     "default": 1,
     "description": "micro-batches summed into one update",
     "type": "integer"
    },
    "sequenceLength": {
     "minimum": 2,
     "description": "tokens a sequence; default: the model's context",
     "type": "integer"
    },
    "learningRate": {
     "exclusiveMinimum": 0,
     "maximum": 10,
     "default": 0.001,
     "description": "highest, after the warm-up",
     "type": "number"
    },
    "minimumLearningRate": {
     "minimum": 0,
     "maximum": 10,
     "default": 0,
     "description": "where the schedule ends",
     "type": "number"
    },
    "warmupSteps": {
     "minimum": 0,
     "default": 0,
     "description": "steps of linear growth from 0",
     "type": "integer"
    },
    "schedule": {
     "type": "string",
     "enum": [
      "cosine",
      "wsd",
      "constant"
     ],
     "default": "cosine",
     "description": "after the warm-up; wsd: constant, then down to the minimum over the last fifth"
    },
    "optimizer": {
     "type": "string",
     "enum": [
      "adamw",
      "muon"
     ],
     "default": "adamw",
     "description": "muon: Muon for the hidden matrices, AdamW for everything else"
    },
    "weightDecay": {
     "minimum": 0,
     "default": 0.1,
     "description": "decoupled; matrices only",
     "type": "number"
    },
    "beta1": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.9,
     "description": "decay of the first moment",
     "type": "number"
    },
    "beta2": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.95,
     "description": "decay of the second moment",
     "type": "number"
    },
    "gradientClip": {
     "exclusiveMinimum": 0,
     "default": 1,
     "description": "global norm",
     "type": "number"
    },
    "evaluateEvery": {
     "minimum": 0,
     "default": 0,
     "description": "steps between held-out losses; 0: only at the end",
     "type": "integer"
    }
   }
  }
 },
 "extend-context": {
  "summary": "makes a model read longer sequences: RoPE scaled, attention changed, training on long documents, context by context",
  "version": 1,
  "usesTensors": true,
  "outputs": {
   "model": "model",
   "evaluation": "evaluation"
  },
  "metrics": {
   "contextLength": "longest sequence, tokens",
   "loss": "training loss of the last steps, nats a token",
   "needlesFound": "share of needles found at the last context, all lengths and depths",
   "needlesFoundLongest": "the same at the greatest length",
   "earlyBitsPerByte": "held-out text at the last context, over its first half",
   "lateBitsPerByte": "over its second half",
   "steps": "updates made",
   "tokens": "tokens seen",
   "newParameters": "weights that the model did not have before",
   "fullSequences": "share of the tokens that stand in sequences as long as the last context"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "model",
    "tokens",
    "steps",
    "ropeScaling",
    "batchSize",
    "accumulate",
    "learningRate",
    "minimumLearningRate",
    "warmupSteps",
    "schedule",
    "optimizer",
    "weightDecay",
    "beta1",
    "beta2",
    "gradientClip"
   ],
   "properties": {
    "model": {
     "additionalProperties": false,
     "description": "the model to extend",
     "x-artifact": "model",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "model",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "tokens": {
     "additionalProperties": false,
     "description": "long documents to go on learning from",
     "x-artifact": "tokens",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "tokens",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "heldOut": {
     "additionalProperties": false,
     "description": "what to measure on, and the text that needles are hidden in",
     "x-artifact": "tokens",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "tokens",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "steps": {
     "minItems": 1,
     "description": "contexts one after another, each trained and measured",
     "type": "array",
     "items": {
      "additionalProperties": false,
      "type": "object",
      "required": [
       "contextLength",
       "steps"
      ],
      "properties": {
       "contextLength": {
        "minimum": 2,
        "description": "longest sequence from here on, tokens",
        "type": "integer"
       },
       "steps": {
        "minimum": 0,
        "description": "optimiser updates at this context",
        "type": "integer"
       },
       "batchSize": {
        "minimum": 1,
        "description": "sequences a step; default: that of the stage",
        "type": "integer"
       },
       "learningRate": {
        "exclusiveMinimum": 0,
        "maximum": 10,
        "description": "highest; default: that of the stage",
        "type": "number"
       }
      }
     }
    },
    "ropeScaling": {
     "type": "string",
     "enum": [
      "none",
      "linear",
      "ntk",
      "yarn"
     ],
     "default": "yarn",
     "description": "how RoPE is stretched to each context; none: it goes on beyond the angles that were learnt"
    },
    "attention": {
     "type": "string",
     "enum": [
      "dense",
      "local",
      "sparse"
     ],
     "description": "of all layers from here on; absent: as the model has it"
    },
    "window": {
     "minimum": 1,
     "description": "local, sparse: tokens that a token sees, itself and those right before it",
     "type": "integer"
    },
    "sinks": {
     "minimum": 0,
     "maximum": 64,
     "description": "local: first tokens of a document that all its tokens see; default: 0",
     "type": "integer"
    },
    "blockSize": {
     "minimum": 2,
     "description": "sparse: tokens of a block, a divisor of window; default: 32",
     "type": "integer"
    },
    "selectedBlocks": {
     "minimum": 1,
     "description": "sparse: blocks that a token sees beyond its window; default: 8",
     "type": "integer"
    },
    "needle": {
     "additionalProperties": false,
     "description": "statements hidden in text, found again or not, by length and depth",
     "type": "object",
     "required": [
      "depths",
      "samples",
      "distractors",
      "statement",
      "question",
      "words"
     ],
     "properties": {
      "lengths": {
       "minItems": 1,
       "description": "tokens of the text, question included; default: the model's context",
       "type": "array",
       "items": {
        "minimum": 16,
        "type": "integer"
       }
      },
      "depths": {
       "minimum": 1,
       "default": 5,
       "description": "places from the text's beginning to its end",
       "type": "integer"
      },
      "samples": {
       "minimum": 1,
       "default": 8,
       "description": "texts for each length and depth",
       "type": "integer"
      },
      "distractors": {
       "minimum": 0,
       "default": 3,
       "description": "statements with values of other keys in the same text",
       "type": "integer"
      },
      "statement": {
       "default": "\nHere is the {value}.\n",
       "description": "what is hidden in the text, with {value} and perhaps {key}",
       "type": "string"
      },
      "question": {
       "default": "\nThe {key} here is the {value}",
       "description": "what the text ends with; {value}, at its end, is what the model must say",
       "type": "string"
      },
      "words": {
       "minItems": 1,
       "default": [
        {
         "key": "fruit",
         "values": [
          "apricot",
          "banana",
          "grape",
          "lemon",
          "lychee",
          "mango",
          "melon",
          "papaya",
          "peach",
          "plum",
          "quince",
          "raspberry"
         ]
        },
        {
         "key": "instrument",
         "values": [
          "accordion",
          "banjo",
          "cello",
          "clarinet",
          "flute",
          "guitar",
          "harp",
          "lute",
          "oboe",
          "piano",
          "trombone",
          "violin"
         ]
        },
        {
         "key": "gem",
         "values": [
          "amethyst",
          "beryl",
          "emerald",
          "garnet",
          "jade",
          "onyx",
          "opal",
          "quartz",
          "ruby",
          "sapphire",
          "topaz",
          "turquoise"
         ]
        },
        {
         "key": "herb",
         "values": [
          "basil",
          "chive",
          "coriander",
          "dill",
          "fennel",
          "lavender",
          "oregano",
          "parsley",
          "rosemary",
          "saffron",
          "tarragon",
          "thyme"
         ]
        },
        {
         "key": "dance",
         "values": [
          "bolero",
          "cancan",
          "foxtrot",
          "flamenco",
          "mazurka",
          "minuet",
          "polka",
          "rumba",
          "salsa",
          "samba",
          "tango",
          "waltz"
         ]
        },
        {
         "key": "sport",
         "values": [
          "archery",
          "badminton",
          "curling",
          "fencing",
          "golf",
          "hockey",
          "judo",
          "karate",
          "polo",
          "rugby",
          "squash",
          "tennis"
         ]
        }
       ],
       "description": "keys and the values that each may have; default: six kinds of twelve things",
       "type": "array",
       "items": {
        "additionalProperties": false,
        "type": "object",
        "required": [
         "key",
         "values"
        ],
        "properties": {
         "key": {
          "minLength": 1,
          "type": "string"
         },
         "values": {
          "minItems": 1,
          "uniqueItems": true,
          "type": "array",
          "items": {
           "minLength": 1,
           "type": "string"
          }
         }
        }
       }
      }
     }
    },
    "batchSize": {
     "minimum": 1,
     "default": 4,
     "description": "sequences a step, before accumulation",
     "type": "integer"
    },
    "accumulate": {
     "minimum": 1,
     "default": 1,
     "description": "micro-batches summed into one update",
     "type": "integer"
    },
    "learningRate": {
     "exclusiveMinimum": 0,
     "maximum": 10,
     "default": 0.0003,
     "description": "highest, after the warm-up; each context begins its schedule anew",
     "type": "number"
    },
    "minimumLearningRate": {
     "minimum": 0,
     "maximum": 10,
     "default": 0,
     "description": "where the schedule ends",
     "type": "number"
    },
    "warmupSteps": {
     "minimum": 0,
     "default": 0,
     "description": "steps of linear growth from 0",
     "type": "integer"
    },
    "schedule": {
     "type": "string",
     "enum": [
      "cosine",
      "wsd",
      "constant"
     ],
     "default": "cosine",
     "description": "after the warm-up; wsd: constant, then down to the minimum over the last fifth"
    },
    "optimizer": {
     "type": "string",
     "enum": [
      "adamw",
      "muon"
     ],
     "default": "adamw",
     "description": "muon: Muon for the hidden matrices, AdamW for everything else"
    },
    "weightDecay": {
     "minimum": 0,
     "default": 0.1,
     "description": "decoupled; matrices only",
     "type": "number"
    },
    "beta1": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.9,
     "description": "decay of the first moment",
     "type": "number"
    },
    "beta2": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.95,
     "description": "decay of the second moment",
     "type": "number"
    },
    "gradientClip": {
     "exclusiveMinimum": 0,
     "default": 1,
     "description": "global norm",
     "type": "number"
    }
   }
  }
 },
 "collect-preferences": {
  "summary": "the model writes two responses to each prompt; a person, or a judge, says which is preferred",
  "version": 1,
  "usesTensors": true,
  "outputs": {
   "train": "dataset",
   "heldOut": "dataset",
   "choices": "choices"
  },
  "metrics": {
   "pairs": "pairs to choose between",
   "chosen": "pairs of which one response is preferred",
   "ties": "pairs judged equal; left out",
   "bothBad": "pairs judged bad both; left out",
   "unanswered": "pairs without a choice; left out",
   "firstPlace": "share of preferred responses that were shown first; about a half without a bias for the place",
   "trainRows": "preferences to learn from",
   "heldOutRows": "preferences held out",
   "tooLong": "prompts left out because they leave no room for a response",
   "identical": "prompts left out because every response to them was the same",
   "blank": "prompts left out because every response to them was blank",
   "judgeErrors": "responses whose judge, or whose code, threw; they score 0",
   "judgeTimeouts": "responses whose judge, or whose code, ran too long; they score 0",
   "judgeOutOfMemory": "responses whose judge, or whose code, took too much memory; they score 0",
   "judgeNotFinite": "responses whose judge gave NaN or infinity; they score 0",
   "judgeBadReferences": "responses to rows whose reference no response can meet; they score 0",
   "judgeTooLong": "responses beyond the reward model's context: scored by their beginning; 0 where the prompt fills it"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "model",
    "prompts",
    "heldOut",
    "batchSize",
    "maxNewTokens",
    "temperature",
    "topK",
    "topP"
   ],
   "properties": {
    "model": {
     "additionalProperties": false,
     "description": "the model that writes",
     "x-artifact": "model",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "model",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "prompts": {
     "minItems": 1,
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "instruction rows: the instruction is the prompt",
      "x-artifact": "dataset",
      "type": "object",
      "required": [
       "artifact",
       "digest"
      ],
      "properties": {
       "artifact": {
        "const": "dataset",
        "type": "string"
       },
       "digest": {
        "pattern": "^[0-9a-f]{64}$",
        "type": "string"
       }
      }
     }
    },
    "limit": {
     "minimum": 1,
     "description": "at most so many prompts",
     "type": "integer"
    },
    "judge": {
     "additionalProperties": false,
     "description": "a rule in a person's place",
     "type": "object",
     "required": [
      "kind",
      "prefer"
     ],
     "properties": {
      "kind": {
       "type": "string",
       "enum": [
        "number",
        "exact",
        "regex",
        "code",
        "module",
        "length",
        "rewardModel"
       ],
       "description": "length: characters; regex: number of matches; rewardModel: its score; else as a verifier of that kind"
      },
      "prefer": {
       "type": "string",
       "enum": [
        "more",
        "less"
       ],
       "default": "more",
       "description": "which score is the better one"
      },
      "rewardModel": {
       "additionalProperties": false,
       "description": "rewardModel: the one that scores",
       "x-artifact": "reward-model",
       "type": "object",
       "required": [
        "artifact",
        "digest"
       ],
       "properties": {
        "artifact": {
         "const": "reward-model",
         "type": "string"
        },
        "digest": {
         "pattern": "^[0-9a-f]{64}$",
         "type": "string"
        }
       }
      },
      "pattern": {
       "minLength": 1,
       "description": "regex: a JavaScript regular expression, flags u and s",
       "type": "string"
      },
      "path": {
       "minLength": 1,
       "x-path": true,
       "description": "module: a JavaScript file below the working folder; its default export is the rule",
       "type": "string"
      },
      "stepLimit": {
       "minimum": 10000,
       "maximum": 1000000000,
       "description": "code: most calls and turns of loops, in steps of 10,000; default 1,000,000",
       "type": "integer"
      },
      "timeLimitMs": {
       "minimum": 1,
       "maximum": 60000,
       "description": "regex, code, module: longest time for one response, ms; default 5000",
       "type": "integer"
      },
      "memoryLimitBytes": {
       "minimum": 16777216,
       "maximum": 1073741824,
       "description": "code (default 32 MiB), module (default 256 MiB): most memory, bytes",
       "type": "integer"
      }
     }
    },
    "count": {
     "minimum": 1,
     "description": "choices to make; default: one for each pair",
     "type": "integer"
    },
    "deadline": {
     "pattern": "^[1-9][0-9]{0,7}(ms|s|m|h|d)$",
     "description": "a person is waited for no longer than this; default: without end",
     "x-duration": true,
     "type": "string"
    },
    "heldOut": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0,
     "description": "share of preferences held out, by hash of the prompt",
     "type": "number"
    },
    "batchSize": {
     "minimum": 1,
     "default": 16,
     "description": "responses at once",
     "type": "integer"
    },
    "maxNewTokens": {
     "minimum": 1,
     "default": 48,
     "description": "longest answer, tokens",
     "type": "integer"
    },
    "temperature": {
     "exclusiveMinimum": 0,
     "default": 1,
     "description": "the higher, the more they differ",
     "type": "number"
    },
    "topK": {
     "minimum": 0,
     "default": 0,
     "description": "sample among the k most probable tokens; 0: off",
     "type": "integer"
    },
    "topP": {
     "exclusiveMinimum": 0,
     "maximum": 1,
     "default": 1,
     "description": "sample among the tokens that make up this share; 1: off",
     "type": "number"
    }
   }
  }
 },
 "reward-model": {
  "summary": "fits a reward model to preferences (Bradley-Terry), starting from a language model",
  "version": 1,
  "usesTensors": true,
  "outputs": {
   "rewardModel": "reward-model",
   "evaluation": "evaluation"
  },
  "metrics": {
   "loss": "training loss of the last steps, nats a pair",
   "accuracy": "share of held-out pairs in which the chosen response scores higher",
   "trainAccuracy": "the same of the pairs of the last steps, before they were learnt from",
   "calibrationError": "expected calibration error of the predicted preference on held-out pairs",
   "meanScore": "mean score of the held-out responses",
   "pairs": "pairs learnt from",
   "heldOutPairs": "pairs measured on",
   "steps": "updates made",
   "tooLong": "pairs left out because they are longer than the model's context",
   "heldOutTooLong": "held-out pairs left out for the same reason"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "model",
    "data",
    "heldOut",
    "epochs",
    "batchSize",
    "centering",
    "learningRate",
    "minimumLearningRate",
    "warmupSteps",
    "schedule",
    "optimizer",
    "weightDecay",
    "beta1",
    "beta2",
    "gradientClip"
   ],
   "properties": {
    "model": {
     "additionalProperties": false,
     "description": "the model whose body it starts from",
     "x-artifact": "model",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "model",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "data": {
     "minItems": 1,
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "rows of prompt, chosen, rejected",
      "x-artifact": "dataset",
      "type": "object",
      "required": [
       "artifact",
       "digest"
      ],
      "properties": {
       "artifact": {
        "const": "dataset",
        "type": "string"
       },
       "digest": {
        "pattern": "^[0-9a-f]{64}$",
        "type": "string"
       }
      }
     }
    },
    "heldOut": {
     "default": [],
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "rows to measure accuracy and calibration on",
      "x-artifact": "dataset",
      "type": "object",
      "required": [
       "artifact",
       "digest"
      ],
      "properties": {
       "artifact": {
        "const": "dataset",
        "type": "string"
       },
       "digest": {
        "pattern": "^[0-9a-f]{64}$",
        "type": "string"
       }
      }
     }
    },
    "epochs": {
     "exclusiveMinimum": 0,
     "default": 1,
     "description": "times through the pairs",
     "type": "number"
    },
    "batchSize": {
     "minimum": 1,
     "default": 32,
     "description": "pairs a step",
     "type": "integer"
    },
    "centering": {
     "minimum": 0,
     "default": 0.01,
     "description": "weight of (chosen + rejected)² in the loss",
     "type": "number"
    },
    "learningRate": {
     "exclusiveMinimum": 0,
     "maximum": 10,
     "default": 0.001,
     "description": "highest, after the warm-up",
     "type": "number"
    },
    "minimumLearningRate": {
     "minimum": 0,
     "maximum": 10,
     "default": 0,
     "description": "where the schedule ends",
     "type": "number"
    },
    "warmupSteps": {
     "minimum": 0,
     "default": 0,
     "description": "steps of linear growth from 0",
     "type": "integer"
    },
    "schedule": {
     "type": "string",
     "enum": [
      "cosine",
      "wsd",
      "constant"
     ],
     "default": "cosine",
     "description": "after the warm-up; wsd: constant, then down to the minimum over the last fifth"
    },
    "optimizer": {
     "type": "string",
     "enum": [
      "adamw",
      "muon"
     ],
     "default": "adamw",
     "description": "muon: Muon for the hidden matrices, AdamW for everything else"
    },
    "weightDecay": {
     "minimum": 0,
     "default": 0.1,
     "description": "decoupled; matrices only",
     "type": "number"
    },
    "beta1": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.9,
     "description": "decay of the first moment",
     "type": "number"
    },
    "beta2": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.95,
     "description": "decay of the second moment",
     "type": "number"
    },
    "gradientClip": {
     "exclusiveMinimum": 0,
     "default": 1,
     "description": "global norm",
     "type": "number"
    }
   }
  }
 },
 "ppo": {
  "summary": "preference fine-tuning: proximal policy optimisation against a reward model, held near the reference",
  "version": 2,
  "usesTensors": true,
  "outputs": {
   "model": "model",
   "training": "evaluation"
  },
  "metrics": {
   "reward": "mean score of the last tenth of iterations, penalties taken off",
   "firstReward": "the same of the first iteration",
   "kl": "divergence of a response from the reference, last tenth, nats",
   "klCoefficient": "at the end",
   "entropy": "of the policy, last tenth, nats a token",
   "clipFraction": "share of tokens whose ratio was clipped, last tenth",
   "explainedVariance": "share of the returns' variance that the critic foresaw, last tenth",
   "responseLength": "tokens a response, last tenth",
   "missingEnd": "share of responses that did not end by themselves, last tenth",
   "iterations": "iterations made",
   "tokens": "response tokens learnt from",
   "prompts": "prompts to choose from",
   "tooLong": "prompts left out because they leave no room for a response"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "model",
    "rewardModel",
    "prompts",
    "batchSize",
    "minibatches",
    "epochs",
    "iterations",
    "maxNewTokens",
    "temperature",
    "samplingBatch",
    "learningRate",
    "minimumLearningRate",
    "warmupSteps",
    "schedule",
    "optimizer",
    "weightDecay",
    "beta1",
    "beta2",
    "gradientClip",
    "criticLearningRate",
    "klCoefficient",
    "klHorizon",
    "missingEndPenalty",
    "gamma",
    "lambda",
    "clip",
    "valueClip",
    "valueCoefficient"
   ],
   "properties": {
    "model": {
     "additionalProperties": false,
     "description": "the policy to start from; also the reference",
     "x-artifact": "model",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "model",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "rewardModel": {
     "additionalProperties": false,
     "description": "what scores responses; the critic starts from it",
     "x-artifact": "reward-model",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "reward-model",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "prompts": {
     "minItems": 1,
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "rows whose instruction is the prompt",
      "x-artifact": "dataset",
      "type": "object",
      "required": [
       "artifact",
       "digest"
      ],
      "properties": {
       "artifact": {
        "const": "dataset",
        "type": "string"
       },
       "digest": {
        "pattern": "^[0-9a-f]{64}$",
        "type": "string"
       }
      }
     }
    },
    "batchSize": {
     "minimum": 1,
     "default": 64,
     "description": "responses an iteration",
     "type": "integer"
    },
    "minibatches": {
     "minimum": 1,
     "default": 2,
     "description": "parts of an iteration, one update each",
     "type": "integer"
    },
    "epochs": {
     "minimum": 1,
     "default": 2,
     "description": "times through an iteration's responses",
     "type": "integer"
    },
    "iterations": {
     "minimum": 0,
     "default": 50,
     "description": "times that responses are written and learnt from",
     "type": "integer"
    },
    "maxNewTokens": {
     "minimum": 1,
     "default": 48,
     "description": "longest response, tokens",
     "type": "integer"
    },
    "temperature": {
     "exclusiveMinimum": 0,
     "default": 1,
     "description": "responses are sampled at it, from all tokens; every log-probability is taken at it",
     "type": "number"
    },
    "samplingBatch": {
     "minimum": 1,
     "default": 64,
     "description": "most responses written together",
     "type": "integer"
    },
    "learningRate": {
     "exclusiveMinimum": 0,
     "maximum": 10,
     "default": 0.0001,
     "description": "highest, after the warm-up",
     "type": "number"
    },
    "minimumLearningRate": {
     "minimum": 0,
     "maximum": 10,
     "default": 0,
     "description": "where the schedule ends",
     "type": "number"
    },
    "warmupSteps": {
     "minimum": 0,
     "default": 0,
     "description": "steps of linear growth from 0",
     "type": "integer"
    },
    "schedule": {
     "type": "string",
     "enum": [
      "cosine",
      "wsd",
      "constant"
     ],
     "default": "constant",
     "description": "after the warm-up, over all updates"
    },
    "optimizer": {
     "type": "string",
     "enum": [
      "adamw",
      "muon"
     ],
     "default": "adamw",
     "description": "muon: Muon for the hidden matrices, AdamW for everything else"
    },
    "weightDecay": {
     "minimum": 0,
     "default": 0,
     "description": "decoupled; matrices only",
     "type": "number"
    },
    "beta1": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.9,
     "description": "decay of the first moment",
     "type": "number"
    },
    "beta2": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.95,
     "description": "decay of the second moment",
     "type": "number"
    },
    "gradientClip": {
     "exclusiveMinimum": 0,
     "default": 1,
     "description": "global norm",
     "type": "number"
    },
    "criticLearningRate": {
     "exclusiveMinimum": 0,
     "maximum": 10,
     "default": 0.0003,
     "description": "highest",
     "type": "number"
    },
    "klCoefficient": {
     "minimum": 0,
     "default": 0.05,
     "description": "reward lost for a nat of divergence",
     "type": "number"
    },
    "klTarget": {
     "exclusiveMinimum": 0,
     "description": "divergence of a response to aim at, nats, by changing the coefficient; absent: it stays",
     "type": "number"
    },
    "klHorizon": {
     "minimum": 1,
     "default": 1000,
     "description": "responses over which the coefficient answers to an error",
     "type": "integer"
    },
    "missingEndPenalty": {
     "minimum": 0,
     "default": 1,
     "description": "reward lost by a response that did not end by itself",
     "type": "number"
    },
    "gamma": {
     "minimum": 0,
     "maximum": 1,
     "default": 1,
     "description": "discount of later rewards",
     "type": "number"
    },
    "lambda": {
     "minimum": 0,
     "maximum": 1,
     "default": 0.95,
     "description": "of generalised advantage estimation",
     "type": "number"
    },
    "clip": {
     "exclusiveMinimum": 0,
     "default": 0.2,
     "description": "of the ratio of probabilities",
     "type": "number"
    },
    "valueClip": {
     "exclusiveMinimum": 0,
     "default": 0.2,
     "description": "of the critic's change",
     "type": "number"
    },
    "valueCoefficient": {
     "exclusiveMinimum": 0,
     "default": 0.1,
     "description": "of the value loss",
     "type": "number"
    }
   }
  }
 },
 "grpo": {
  "summary": "reasoning fine-tuning: group relative policy optimisation on rewards that can be verified",
  "version": 2,
  "usesTensors": true,
  "outputs": {
   "model": "model",
   "training": "evaluation"
  },
  "metrics": {
   "reward": "mean reward of the last tenth of iterations",
   "firstReward": "the same of the first iteration",
   "kl": "divergence from the reference, last tenth, nats a token; with beta only",
   "entropy": "of the policy, last tenth, nats a token; where the responses are scored before they are learnt from",
   "clipFraction": "share of tokens whose ratio was clipped, last tenth",
   "equalGroups": "share of groups whose rewards were all equal, last tenth",
   "responseLength": "tokens a response, last tenth",
   "missingEnd": "share of responses that did not end by themselves, last tenth",
   "iterations": "iterations made",
   "tokens": "response tokens learnt from",
   "prompts": "prompts to choose from",
   "tooLong": "prompts left out because they leave no room for a response",
   "verifierErrors": "responses that a verifier failed on, counted as wrong",
   "verifierTimeouts": "responses whose verification took too long, counted as wrong"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "model",
    "data",
    "verifiers",
    "groupSize",
    "groups",
    "minibatches",
    "epochs",
    "iterations",
    "maxNewTokens",
    "temperature",
    "samplingBatch",
    "learningRate",
    "minimumLearningRate",
    "warmupSteps",
    "schedule",
    "optimizer",
    "weightDecay",
    "beta1",
    "beta2",
    "gradientClip",
    "lossType",
    "scaleRewards",
    "epsilon",
    "beta",
    "dynamicSampling"
   ],
   "properties": {
    "model": {
     "additionalProperties": false,
     "description": "the policy to start from; also the reference",
     "x-artifact": "model",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "model",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "data": {
     "minItems": 1,
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "rows of instruction and response, the known right answer",
      "x-artifact": "dataset",
      "type": "object",
      "required": [
       "artifact",
       "digest"
      ],
      "properties": {
       "artifact": {
        "const": "dataset",
        "type": "string"
       },
       "digest": {
        "pattern": "^[0-9a-f]{64}$",
        "type": "string"
       }
      }
     }
    },
    "verifiers": {
     "minItems": 1,
     "description": "what makes a response right",
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "a rule that says whether a response is right",
      "type": "object",
      "required": [
       "kind",
       "weight"
      ],
      "properties": {
       "kind": {
        "type": "string",
        "enum": [
         "number",
         "exact",
         "regex",
         "code",
         "module"
        ],
        "description": "what makes a response right"
       },
       "task": {
        "minLength": 1,
        "description": "only rows with this `task`; absent: all others",
        "type": "string"
       },
       "weight": {
        "default": 1,
        "description": "what the verdict is multiplied by",
        "type": "number"
       },
       "pattern": {
        "minLength": 1,
        "description": "regex: a JavaScript regular expression, flags u and s",
        "type": "string"
       },
       "path": {
        "minLength": 1,
        "x-path": true,
        "description": "module: a JavaScript file below the working folder; its default export is the rule",
        "type": "string"
       },
       "stepLimit": {
        "minimum": 10000,
        "maximum": 1000000000,
        "description": "code: most calls and turns of loops, in steps of 10,000; default 1,000,000",
        "type": "integer"
       },
       "timeLimitMs": {
        "minimum": 1,
        "maximum": 60000,
        "description": "regex, code, module: longest time for one response, ms; default 5000",
        "type": "integer"
       },
       "memoryLimitBytes": {
        "minimum": 16777216,
        "maximum": 1073741824,
        "description": "code (default 32 MiB), module (default 256 MiB): most memory, bytes",
        "type": "integer"
       }
      }
     }
    },
    "groupSize": {
     "minimum": 2,
     "default": 8,
     "description": "responses to each prompt",
     "type": "integer"
    },
    "groups": {
     "minimum": 1,
     "default": 16,
     "description": "prompts an iteration",
     "type": "integer"
    },
    "minibatches": {
     "minimum": 1,
     "default": 1,
     "description": "parts of an iteration, one update each",
     "type": "integer"
    },
    "epochs": {
     "minimum": 1,
     "default": 1,
     "description": "times through an iteration's responses",
     "type": "integer"
    },
    "iterations": {
     "minimum": 0,
     "default": 50,
     "description": "times that responses are written and learnt from",
     "type": "integer"
    },
    "maxNewTokens": {
     "minimum": 1,
     "default": 48,
     "description": "longest response, tokens",
     "type": "integer"
    },
    "temperature": {
     "exclusiveMinimum": 0,
     "default": 1,
     "description": "responses are sampled at it, from all tokens; every log-probability is taken at it",
     "type": "number"
    },
    "samplingBatch": {
     "minimum": 1,
     "default": 64,
     "description": "most responses written together",
     "type": "integer"
    },
    "learningRate": {
     "exclusiveMinimum": 0,
     "maximum": 10,
     "default": 0.0001,
     "description": "highest, after the warm-up",
     "type": "number"
    },
    "minimumLearningRate": {
     "minimum": 0,
     "maximum": 10,
     "default": 0,
     "description": "where the schedule ends",
     "type": "number"
    },
    "warmupSteps": {
     "minimum": 0,
     "default": 0,
     "description": "steps of linear growth from 0",
     "type": "integer"
    },
    "schedule": {
     "type": "string",
     "enum": [
      "cosine",
      "wsd",
      "constant"
     ],
     "default": "constant",
     "description": "after the warm-up, over all updates"
    },
    "optimizer": {
     "type": "string",
     "enum": [
      "adamw",
      "muon"
     ],
     "default": "adamw",
     "description": "muon: Muon for the hidden matrices, AdamW for everything else"
    },
    "weightDecay": {
     "minimum": 0,
     "default": 0,
     "description": "decoupled; matrices only",
     "type": "number"
    },
    "beta1": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.9,
     "description": "decay of the first moment",
     "type": "number"
    },
    "beta2": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.95,
     "description": "decay of the second moment",
     "type": "number"
    },
    "gradientClip": {
     "exclusiveMinimum": 0,
     "default": 1,
     "description": "global norm",
     "type": "number"
    },
    "lossType": {
     "type": "string",
     "enum": [
      "grpo",
      "dapo",
      "dr_grpo"
     ],
     "default": "dapo",
     "description": "mean over responses of the mean over tokens; mean over all tokens; sum over a constant length"
    },
    "scaleRewards": {
     "type": "string",
     "enum": [
      "group",
      "batch",
      "none"
     ],
     "default": "group",
     "description": "whose standard deviation the advantages are divided by; none: Dr. GRPO"
    },
    "epsilon": {
     "exclusiveMinimum": 0,
     "default": 0.2,
     "description": "clip of the ratio of probabilities",
     "type": "number"
    },
    "epsilonHigh": {
     "exclusiveMinimum": 0,
     "description": "its upper bound; default: epsilon; 0.28 in DAPO",
     "type": "number"
    },
    "beta": {
     "minimum": 0,
     "default": 0,
     "description": "weight of the divergence from the reference",
     "type": "number"
    },
    "dynamicSampling": {
     "default": false,
     "description": "groups whose rewards are all equal are replaced by other prompts' groups",
     "type": "boolean"
    }
   }
  }
 },
 "evaluate": {
  "summary": "bits per byte, accuracy and pass@k, win rate over another model, KL to a reference, forgetting",
  "version": 3,
  "usesTensors": true,
  "outputs": {
   "evaluation": "evaluation"
  },
  "metrics": {
   "accuracy": "share of answers that are right: a score above 0 by the verifiers, else an exact match",
   "passAt": "pass@k of the largest k, unbiased; the others are in evaluation.json",
   "winRate": "share of prompts on which the judge prefers the model to `against`; ties count half",
   "winRateLow": "lower end of its 95 % interval",
   "winRateHigh": "upper end of its 95 % interval",
   "kl": "KL divergence from the reference, nats an answer",
   "klError": "its standard error",
   "bitsPerByte": "cross-entropy on the held-out text",
   "forgetting": "relative growth of bits per byte since the baseline; 0.1: 10 % more",
   "accuracyChange": "accuracy minus the baseline's",
   "needlesFound": "share of needles found, all lengths and depths",
   "needlesFoundLongest": "the same at the greatest length",
   "earlyBitsPerByte": "on the text, over the first half of the context",
   "lateBitsPerByte": "over its second half",
   "entropyBitsPerByte": "order-0 entropy of the same text",
   "brotliBitsPerByte": "the same text, brotli-11",
   "exactMatch": "share of answers that equal the reference but for case and white space",
   "meanScore": "mean of the verifiers' scores",
   "questions": "questions asked",
   "questionsTooLong": "questions longer than the model's context, counted as wrong",
   "ties": "prompts on which the judge prefers neither",
   "comparisons": "prompts that both models answered",
   "comparisonsTooLong": "prompts left out because they are longer than a model's context",
   "bytes": "bytes of the held-out text",
   "verifierErrors": "responses whose verifier, or whose code, threw; they score 0",
   "verifierTimeouts": "responses whose verifier, or whose code, ran too long; they score 0",
   "verifierOutOfMemory": "responses whose verifier, or whose code, took too much memory; they score 0",
   "verifierNotFinite": "responses whose verifier gave NaN or infinity; they score 0",
   "verifierBadReferences": "responses to rows whose reference no response can meet; they score 0",
   "judgeErrors": "responses whose judge, or whose code, threw; they score 0",
   "judgeTimeouts": "responses whose judge, or whose code, ran too long; they score 0",
   "judgeOutOfMemory": "responses whose judge, or whose code, took too much memory; they score 0",
   "judgeNotFinite": "responses whose judge gave NaN or infinity; they score 0",
   "judgeBadReferences": "responses to rows whose reference no response can meet; they score 0",
   "judgeTooLong": "responses beyond the reward model's context: scored by their beginning; 0 where the prompt fills it"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "model",
    "text",
    "questions",
    "verifiers",
    "samples",
    "passAt",
    "comparisons",
    "prompts",
    "chat",
    "batchSize",
    "maxNewTokens",
    "temperature",
    "topK",
    "topP"
   ],
   "properties": {
    "model": {
     "additionalProperties": false,
     "description": "the model to measure",
     "x-artifact": "model",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "model",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "text": {
     "default": [],
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "held-out text for bits per byte",
      "x-artifact": "dataset",
      "type": "object",
      "required": [
       "artifact",
       "digest"
      ],
      "properties": {
       "artifact": {
        "const": "dataset",
        "type": "string"
       },
       "digest": {
        "pattern": "^[0-9a-f]{64}$",
        "type": "string"
       }
      }
     }
    },
    "byPosition": {
     "description": "also the text's bits per byte by the position in the context",
     "type": "boolean"
    },
    "needle": {
     "additionalProperties": false,
     "description": "statements hidden in text, found again or not, by length and depth",
     "type": "object",
     "required": [
      "depths",
      "samples",
      "distractors",
      "statement",
      "question",
      "words"
     ],
     "properties": {
      "lengths": {
       "minItems": 1,
       "description": "tokens of the text, question included; default: the model's context",
       "type": "array",
       "items": {
        "minimum": 16,
        "type": "integer"
       }
      },
      "depths": {
       "minimum": 1,
       "default": 5,
       "description": "places from the text's beginning to its end",
       "type": "integer"
      },
      "samples": {
       "minimum": 1,
       "default": 8,
       "description": "texts for each length and depth",
       "type": "integer"
      },
      "distractors": {
       "minimum": 0,
       "default": 3,
       "description": "statements with values of other keys in the same text",
       "type": "integer"
      },
      "statement": {
       "default": "\nHere is the {value}.\n",
       "description": "what is hidden in the text, with {value} and perhaps {key}",
       "type": "string"
      },
      "question": {
       "default": "\nThe {key} here is the {value}",
       "description": "what the text ends with; {value}, at its end, is what the model must say",
       "type": "string"
      },
      "words": {
       "minItems": 1,
       "default": [
        {
         "key": "fruit",
         "values": [
          "apricot",
          "banana",
          "grape",
          "lemon",
          "lychee",
          "mango",
          "melon",
          "papaya",
          "peach",
          "plum",
          "quince",
          "raspberry"
         ]
        },
        {
         "key": "instrument",
         "values": [
          "accordion",
          "banjo",
          "cello",
          "clarinet",
          "flute",
          "guitar",
          "harp",
          "lute",
          "oboe",
          "piano",
          "trombone",
          "violin"
         ]
        },
        {
         "key": "gem",
         "values": [
          "amethyst",
          "beryl",
          "emerald",
          "garnet",
          "jade",
          "onyx",
          "opal",
          "quartz",
          "ruby",
          "sapphire",
          "topaz",
          "turquoise"
         ]
        },
        {
         "key": "herb",
         "values": [
          "basil",
          "chive",
          "coriander",
          "dill",
          "fennel",
          "lavender",
          "oregano",
          "parsley",
          "rosemary",
          "saffron",
          "tarragon",
          "thyme"
         ]
        },
        {
         "key": "dance",
         "values": [
          "bolero",
          "cancan",
          "foxtrot",
          "flamenco",
          "mazurka",
          "minuet",
          "polka",
          "rumba",
          "salsa",
          "samba",
          "tango",
          "waltz"
         ]
        },
        {
         "key": "sport",
         "values": [
          "archery",
          "badminton",
          "curling",
          "fencing",
          "golf",
          "hockey",
          "judo",
          "karate",
          "polo",
          "rugby",
          "squash",
          "tennis"
         ]
        }
       ],
       "description": "keys and the values that each may have; default: six kinds of twelve things",
       "type": "array",
       "items": {
        "additionalProperties": false,
        "type": "object",
        "required": [
         "key",
         "values"
        ],
        "properties": {
         "key": {
          "minLength": 1,
          "type": "string"
         },
         "values": {
          "minItems": 1,
          "uniqueItems": true,
          "type": "array",
          "items": {
           "minLength": 1,
           "type": "string"
          }
         }
        }
       }
      }
     }
    },
    "questions": {
     "default": [],
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "instruction–response rows to answer",
      "x-artifact": "dataset",
      "type": "object",
      "required": [
       "artifact",
       "digest"
      ],
      "properties": {
       "artifact": {
        "const": "dataset",
        "type": "string"
       },
       "digest": {
        "pattern": "^[0-9a-f]{64}$",
        "type": "string"
       }
      }
     }
    },
    "verifiers": {
     "default": [],
     "description": "what makes an answer right, by the row's task; default: exact match",
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "a rule that says whether a response is right",
      "type": "object",
      "required": [
       "kind",
       "weight"
      ],
      "properties": {
       "kind": {
        "type": "string",
        "enum": [
         "number",
         "exact",
         "regex",
         "code",
         "module"
        ],
        "description": "what makes a response right"
       },
       "task": {
        "minLength": 1,
        "description": "only rows with this `task`; absent: all others",
        "type": "string"
       },
       "weight": {
        "default": 1,
        "description": "what the verdict is multiplied by",
        "type": "number"
       },
       "pattern": {
        "minLength": 1,
        "description": "regex: a JavaScript regular expression, flags u and s",
        "type": "string"
       },
       "path": {
        "minLength": 1,
        "x-path": true,
        "description": "module: a JavaScript file below the working folder; its default export is the rule",
        "type": "string"
       },
       "stepLimit": {
        "minimum": 10000,
        "maximum": 1000000000,
        "description": "code: most calls and turns of loops, in steps of 10,000; default 1,000,000",
        "type": "integer"
       },
       "timeLimitMs": {
        "minimum": 1,
        "maximum": 60000,
        "description": "regex, code, module: longest time for one response, ms; default 5000",
        "type": "integer"
       },
       "memoryLimitBytes": {
        "minimum": 16777216,
        "maximum": 1073741824,
        "description": "code (default 32 MiB), module (default 256 MiB): most memory, bytes",
        "type": "integer"
       }
      }
     }
    },
    "samples": {
     "minimum": 1,
     "default": 1,
     "description": "answers to each question",
     "type": "integer"
    },
    "passAt": {
     "default": [],
     "description": "k of pass@k: the chance that one of k answers is right",
     "type": "array",
     "items": {
      "minimum": 1,
      "type": "integer"
     }
    },
    "against": {
     "additionalProperties": false,
     "description": "another model, for the win rate over it",
     "x-artifact": "model",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "model",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "judge": {
     "additionalProperties": false,
     "description": "a rule in a person's place",
     "type": "object",
     "required": [
      "kind",
      "prefer"
     ],
     "properties": {
      "kind": {
       "type": "string",
       "enum": [
        "number",
        "exact",
        "regex",
        "code",
        "module",
        "length",
        "rewardModel"
       ],
       "description": "length: characters; regex: number of matches; rewardModel: its score; else as a verifier of that kind"
      },
      "prefer": {
       "type": "string",
       "enum": [
        "more",
        "less"
       ],
       "default": "more",
       "description": "which score is the better one"
      },
      "rewardModel": {
       "additionalProperties": false,
       "description": "rewardModel: the one that scores",
       "x-artifact": "reward-model",
       "type": "object",
       "required": [
        "artifact",
        "digest"
       ],
       "properties": {
        "artifact": {
         "const": "reward-model",
         "type": "string"
        },
        "digest": {
         "pattern": "^[0-9a-f]{64}$",
         "type": "string"
        }
       }
      },
      "pattern": {
       "minLength": 1,
       "description": "regex: a JavaScript regular expression, flags u and s",
       "type": "string"
      },
      "path": {
       "minLength": 1,
       "x-path": true,
       "description": "module: a JavaScript file below the working folder; its default export is the rule",
       "type": "string"
      },
      "stepLimit": {
       "minimum": 10000,
       "maximum": 1000000000,
       "description": "code: most calls and turns of loops, in steps of 10,000; default 1,000,000",
       "type": "integer"
      },
      "timeLimitMs": {
       "minimum": 1,
       "maximum": 60000,
       "description": "regex, code, module: longest time for one response, ms; default 5000",
       "type": "integer"
      },
      "memoryLimitBytes": {
       "minimum": 16777216,
       "maximum": 1073741824,
       "description": "code (default 32 MiB), module (default 256 MiB): most memory, bytes",
       "type": "integer"
      }
     }
    },
    "comparisons": {
     "default": [],
     "description": "rows whose prompts both models answer; default: the questions",
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "instruction or preference rows whose prompts both models answer",
      "x-artifact": "dataset",
      "type": "object",
      "required": [
       "artifact",
       "digest"
      ],
      "properties": {
       "artifact": {
        "const": "dataset",
        "type": "string"
       },
       "digest": {
        "pattern": "^[0-9a-f]{64}$",
        "type": "string"
       }
      }
     }
    },
    "reference": {
     "additionalProperties": false,
     "description": "for the KL divergence from it, on the model's own answers",
     "x-artifact": "model",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "model",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "baseline": {
     "additionalProperties": false,
     "description": "an earlier evaluation, for what was forgotten since",
     "x-artifact": "evaluation",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "evaluation",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "prompts": {
     "default": [],
     "description": "shown with the model's answer",
     "type": "array",
     "items": {
      "type": "string"
     }
    },
    "chat": {
     "default": true,
     "description": "wrap prompts and questions in the chat template; false: continue them as text",
     "type": "boolean"
    },
    "limit": {
     "minimum": 1,
     "description": "at most so many questions, and so many comparisons",
     "type": "integer"
    },
    "batchSize": {
     "minimum": 1,
     "default": 16,
     "description": "sequences at once",
     "type": "integer"
    },
    "maxNewTokens": {
     "minimum": 1,
     "default": 48,
     "description": "longest answer, tokens",
     "type": "integer"
    },
    "temperature": {
     "minimum": 0,
     "default": 0,
     "description": "0: the most probable token",
     "type": "number"
    },
    "topK": {
     "minimum": 0,
     "default": 0,
     "description": "sample among the k most probable tokens; 0: off",
     "type": "integer"
    },
    "topP": {
     "exclusiveMinimum": 0,
     "maximum": 1,
     "default": 1,
     "description": "sample among the tokens that make up this share; 1: off",
     "type": "number"
    }
   }
  }
 },
 "generate": {
  "summary": "writes continuations of, or answers to, prompts",
  "version": 3,
  "usesTensors": true,
  "outputs": {
   "samples": "samples"
  },
  "metrics": {
   "samples": "texts written",
   "tokens": "tokens written",
   "cut": "texts that ended at maxNewTokens or the end of the context"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "model",
    "prompts",
    "chat",
    "batchSize",
    "maxNewTokens",
    "temperature",
    "topK",
    "topP",
    "minP",
    "repetitionPenalty",
    "stop"
   ],
   "properties": {
    "model": {
     "additionalProperties": false,
     "description": "the model that writes",
     "x-artifact": "model",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "model",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "prompts": {
     "minItems": 1,
     "description": "what to continue or to answer",
     "type": "array",
     "items": {
      "minLength": 1,
      "type": "string"
     }
    },
    "chat": {
     "default": true,
     "description": "wrap each prompt in the chat template; false: continue it as text",
     "type": "boolean"
    },
    "batchSize": {
     "minimum": 1,
     "default": 16,
     "description": "prompts at once",
     "type": "integer"
    },
    "maxNewTokens": {
     "minimum": 1,
     "default": 48,
     "description": "longest answer, tokens",
     "type": "integer"
    },
    "temperature": {
     "minimum": 0,
     "default": 0,
     "description": "0: the most probable token",
     "type": "number"
    },
    "topK": {
     "minimum": 0,
     "default": 0,
     "description": "sample among the k most probable tokens; 0: off",
     "type": "integer"
    },
    "topP": {
     "exclusiveMinimum": 0,
     "maximum": 1,
     "default": 1,
     "description": "sample among the tokens that make up this share; 1: off",
     "type": "number"
    },
    "minP": {
     "minimum": 0,
     "maximum": 1,
     "default": 0,
     "description": "sample among the tokens at least this probable beside the most probable one; 0: off",
     "type": "number"
    },
    "repetitionPenalty": {
     "exclusiveMinimum": 0,
     "maximum": 10,
     "default": 1,
     "description": "logits of tokens that have occurred are divided by it where positive, else multiplied; 1: off",
     "type": "number"
    },
    "stop": {
     "default": [],
     "maxItems": 16,
     "description": "texts that end an answer; they are not part of it",
     "type": "array",
     "items": {
      "minLength": 1,
      "type": "string"
     }
    }
   }
  }
 },
 "export": {
  "summary": "writes a model, or a reward model, as a Hugging Face folder (transformers loads it; llama.cpp a model)",
  "version": 2,
  "usesTensors": false,
  "outputs": {
   "model": "model",
   "rewardModel": "reward-model"
  },
  "metrics": {
   "bytes": "size of the folder"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "to"
   ],
   "properties": {
    "model": {
     "additionalProperties": false,
     "description": "the model to export",
     "x-artifact": "model",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "model",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "rewardModel": {
     "additionalProperties": false,
     "description": "or the reward model to export",
     "x-artifact": "reward-model",
     "type": "object",
     "required": [
      "artifact",
      "digest"
     ],
     "properties": {
      "artifact": {
       "const": "reward-model",
       "type": "string"
      },
      "digest": {
       "pattern": "^[0-9a-f]{64}$",
       "type": "string"
      }
     }
    },
    "to": {
     "minLength": 1,
     "x-path": true,
     "description": "a folder below the working folder; replaced whole",
     "type": "string"
    }
   }
  }
 },
 "social-network": {
  "summary": "makes up a network of accounts that follow each other, from the run's seed",
  "version": 1,
  "usesTensors": false,
  "outputs": {
   "accounts": "table",
   "followers": "table"
  },
  "metrics": {
   "accounts": "accounts",
   "follows": "edges",
   "subscribers": "share of accounts that subscribe"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "accounts",
    "follows",
    "communities",
    "reciprocity",
    "openness"
   ],
   "properties": {
    "accounts": {
     "minimum": 1,
     "maximum": 10000000,
     "default": 2000,
     "description": "accounts",
     "type": "integer"
    },
    "follows": {
     "minimum": 0,
     "default": 10,
     "description": "mean number of accounts that one follows by its own choice; answers come on top",
     "type": "number"
    },
    "communities": {
     "minimum": 1,
     "default": 8,
     "description": "groups that follow each other; in no column",
     "type": "integer"
    },
    "reciprocity": {
     "minimum": 0,
     "maximum": 1,
     "default": 0.4,
     "description": "chance that a follow inside a community is answered; outside it is a third of this",
     "type": "number"
    },
    "openness": {
     "minimum": 0,
     "maximum": 1,
     "default": 0.25,
     "description": "share of follows that leave the community",
     "type": "number"
    }
   }
  }
 },
 "hold-out-links": {
  "summary": "takes some edges away, to be predicted, and adds as many pairs that are no edges",
  "version": 1,
  "usesTensors": false,
  "outputs": {
   "followers": "table",
   "pairs": "table"
  },
  "metrics": {
   "kept": "edges that stay",
   "heldOut": "edges taken away",
   "notLinked": "pairs that are no edges",
   "selfLoops": "edges from an account to itself, which are neither kept nor held out",
   "duplicates": "edges that were there twice, which stand on the side of the first"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "followers",
    "columns",
    "directed",
    "share"
   ],
   "properties": {
    "followers": {
     "additionalProperties": false,
     "description": "a row for each edge, from the follower to the followed",
     "type": "object",
     "required": [
      "format"
     ],
     "properties": {
      "table": {
       "additionalProperties": false,
       "description": "a table that a stage left",
       "x-artifact": "table",
       "type": "object",
       "required": [
        "artifact",
        "digest"
       ],
       "properties": {
        "artifact": {
         "const": "table",
         "type": "string"
        },
        "digest": {
         "pattern": "^[0-9a-f]{64}$",
         "type": "string"
        }
       }
      },
      "file": {
       "minLength": 1,
       "x-path": true,
       "description": "a path (or `*` pattern) below the working folder",
       "type": "string"
      },
      "package": {
       "minLength": 1,
       "description": "an installed npm data package",
       "type": "string"
      },
      "path": {
       "minLength": 1,
       "x-path": true,
       "description": "a file (or `*` pattern) inside the package",
       "type": "string"
      },
      "url": {
       "pattern": "^https?://",
       "description": "an address to download",
       "type": "string"
      },
      "sha256": {
       "pattern": "^[0-9a-f]{64}$",
       "description": "the download's digest, checked",
       "type": "string"
      },
      "format": {
       "type": "string",
       "enum": [
        "auto",
        "csv",
        "parquet",
        "json",
        "jsonl"
       ],
       "default": "auto",
       "description": "auto: by the file's extension"
      },
      "delimiter": {
       "minLength": 1,
       "maxLength": 4,
       "description": "of CSV, where it is not found by itself",
       "type": "string"
      },
      "query": {
       "description": "SQL (DuckDB) over the table `data`",
       "type": "string"
      }
     }
    },
    "columns": {
     "additionalProperties": false,
     "default": {},
     "description": "which columns hold what",
     "type": "object",
     "required": [
      "source",
      "target"
     ],
     "properties": {
      "source": {
       "minLength": 1,
       "default": "follower",
       "description": "where an edge begins",
       "type": "string"
      },
      "target": {
       "minLength": 1,
       "default": "followed",
       "description": "where it ends",
       "type": "string"
      }
     }
    },
    "directed": {
     "default": true,
     "description": "false: an edge and its reverse are one",
     "type": "boolean"
    },
    "share": {
     "exclusiveMinimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.2,
     "description": "of the edges taken away",
     "type": "number"
    }
   }
  }
 },
 "graph-featurize": {
  "summary": "features of every account from a table of accounts and a table of who follows whom",
  "version": 2,
  "usesTensors": false,
  "outputs": {
   "features": "table",
   "pairs": "table"
  },
  "metrics": {
   "nodes": "accounts",
   "edges": "edges of the graph, without those left out or merged",
   "features": "columns of features",
   "unknownAccounts": "accounts in edges only, that were dropped or added",
   "unknownEdges": "edges left out because an end is no account",
   "selfLoops": "edges from an account to itself that were read",
   "duplicates": "edges merged into an equal one before them",
   "pairs": "pairs of accounts",
   "unknownPairs": "pairs left out because an end is no account",
   "notConverged": "groups of features without values because their iteration did not settle"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "accounts",
    "followers",
    "columns",
    "directed",
    "unknownAccounts",
    "duplicates",
    "selfLoops",
    "features",
    "sources",
    "paths",
    "damping",
    "personalise",
    "hops",
    "resolution",
    "dimensions",
    "neighbours",
    "pairColumns",
    "tolerance",
    "iterations",
    "notConverged"
   ],
   "properties": {
    "accounts": {
     "additionalProperties": false,
     "description": "a row for each account, with its attributes",
     "type": "object",
     "required": [
      "format"
     ],
     "properties": {
      "table": {
       "additionalProperties": false,
       "description": "a table that a stage left",
       "x-artifact": "table",
       "type": "object",
       "required": [
        "artifact",
        "digest"
       ],
       "properties": {
        "artifact": {
         "const": "table",
         "type": "string"
        },
        "digest": {
         "pattern": "^[0-9a-f]{64}$",
         "type": "string"
        }
       }
      },
      "file": {
       "minLength": 1,
       "x-path": true,
       "description": "a path (or `*` pattern) below the working folder",
       "type": "string"
      },
      "package": {
       "minLength": 1,
       "description": "an installed npm data package",
       "type": "string"
      },
      "path": {
       "minLength": 1,
       "x-path": true,
       "description": "a file (or `*` pattern) inside the package",
       "type": "string"
      },
      "url": {
       "pattern": "^https?://",
       "description": "an address to download",
       "type": "string"
      },
      "sha256": {
       "pattern": "^[0-9a-f]{64}$",
       "description": "the download's digest, checked",
       "type": "string"
      },
      "format": {
       "type": "string",
       "enum": [
        "auto",
        "csv",
        "parquet",
        "json",
        "jsonl"
       ],
       "default": "auto",
       "description": "auto: by the file's extension"
      },
      "delimiter": {
       "minLength": 1,
       "maxLength": 4,
       "description": "of CSV, where it is not found by itself",
       "type": "string"
      },
      "query": {
       "description": "SQL (DuckDB) over the table `data`",
       "type": "string"
      }
     }
    },
    "followers": {
     "additionalProperties": false,
     "description": "a row for each edge, from the follower to the followed",
     "type": "object",
     "required": [
      "format"
     ],
     "properties": {
      "table": {
       "additionalProperties": false,
       "description": "a table that a stage left",
       "x-artifact": "table",
       "type": "object",
       "required": [
        "artifact",
        "digest"
       ],
       "properties": {
        "artifact": {
         "const": "table",
         "type": "string"
        },
        "digest": {
         "pattern": "^[0-9a-f]{64}$",
         "type": "string"
        }
       }
      },
      "file": {
       "minLength": 1,
       "x-path": true,
       "description": "a path (or `*` pattern) below the working folder",
       "type": "string"
      },
      "package": {
       "minLength": 1,
       "description": "an installed npm data package",
       "type": "string"
      },
      "path": {
       "minLength": 1,
       "x-path": true,
       "description": "a file (or `*` pattern) inside the package",
       "type": "string"
      },
      "url": {
       "pattern": "^https?://",
       "description": "an address to download",
       "type": "string"
      },
      "sha256": {
       "pattern": "^[0-9a-f]{64}$",
       "description": "the download's digest, checked",
       "type": "string"
      },
      "format": {
       "type": "string",
       "enum": [
        "auto",
        "csv",
        "parquet",
        "json",
        "jsonl"
       ],
       "default": "auto",
       "description": "auto: by the file's extension"
      },
      "delimiter": {
       "minLength": 1,
       "maxLength": 4,
       "description": "of CSV, where it is not found by itself",
       "type": "string"
      },
      "query": {
       "description": "SQL (DuckDB) over the table `data`",
       "type": "string"
      }
     }
    },
    "columns": {
     "additionalProperties": false,
     "default": {},
     "description": "which columns hold what",
     "type": "object",
     "required": [
      "node",
      "source",
      "target"
     ],
     "properties": {
      "node": {
       "minLength": 1,
       "default": "id",
       "description": "of accounts: the account's id",
       "type": "string"
      },
      "source": {
       "minLength": 1,
       "default": "follower",
       "description": "of followers: where an edge begins",
       "type": "string"
      },
      "target": {
       "minLength": 1,
       "default": "followed",
       "description": "of followers: where it ends",
       "type": "string"
      },
      "weight": {
       "minLength": 1,
       "description": "of followers: an edge's weight; else 1",
       "type": "string"
      }
     }
    },
    "directed": {
     "default": true,
     "description": "false: an edge leads both ways",
     "type": "boolean"
    },
    "unknownAccounts": {
     "type": "string",
     "enum": [
      "error",
      "drop",
      "add"
     ],
     "default": "error",
     "description": "edges of accounts that are not in the table: refused, left out, or the accounts are added"
    },
    "duplicates": {
     "type": "string",
     "enum": [
      "sum",
      "first"
     ],
     "default": "sum",
     "description": "what an edge weighs that is there several times"
    },
    "selfLoops": {
     "type": "string",
     "enum": [
      "keep",
      "drop"
     ],
     "default": "drop",
     "description": "edges from an account to itself"
    },
    "features": {
     "minItems": 1,
     "uniqueItems": true,
     "default": [
      "degree",
      "reciprocity",
      "clustering",
      "core",
      "components",
      "pagerank",
      "hits",
      "katz",
      "betweenness",
      "closeness",
      "community",
      "fastrp"
     ],
     "description": "groups of features to compute",
     "type": "array",
     "items": {
      "type": "string",
      "enum": [
       "degree",
       "strength",
       "reciprocity",
       "clustering",
       "core",
       "components",
       "pagerank",
       "personalised-pagerank",
       "hits",
       "katz",
       "eigenvector",
       "betweenness",
       "closeness",
       "reach",
       "reached-by",
       "community",
       "fastrp",
       "neighbours"
      ]
     }
    },
    "sources": {
     "minimum": 0,
     "default": 1000,
     "description": "nodes that shortest paths are searched from: of a larger graph a sample, with its error; 0: always all",
     "type": "integer"
    },
    "paths": {
     "type": "string",
     "enum": [
      "hops",
      "weights"
     ],
     "default": "hops",
     "description": "how long an edge is on a path: 1, or its weight"
    },
    "damping": {
     "minimum": 0,
     "exclusiveMaximum": 1,
     "default": 0.85,
     "description": "PageRank: share of steps that follow an edge",
     "type": "number"
    },
    "personalise": {
     "default": [],
     "description": "personalised-pagerank: ids of accounts that a walker starts anew from",
     "type": "array",
     "items": {
      "minLength": 1,
      "type": "string"
     }
    },
    "katzAlpha": {
     "exclusiveMinimum": 0,
     "description": "Katz: what a further step counts; absent: so small that it always converges",
     "type": "number"
    },
    "hops": {
     "minItems": 1,
     "uniqueItems": true,
     "default": [
      2,
      3
     ],
     "description": "reach, reached-by: numbers of steps",
     "type": "array",
     "items": {
      "minimum": 1,
      "type": "integer"
     }
    },
    "resolution": {
     "exclusiveMinimum": 0,
     "default": 1,
     "description": "communities: above 1 for more and smaller ones",
     "type": "number"
    },
    "dimensions": {
     "minimum": 1,
     "maximum": 1024,
     "default": 16,
     "description": "fastrp: coordinates",
     "type": "integer"
    },
    "neighbours": {
     "default": [],
     "description": "neighbours: which attributes, and what of them",
     "type": "array",
     "items": {
      "additionalProperties": false,
      "description": "what of the neighbours' attributes",
      "type": "object",
      "required": [
       "attribute",
       "aggregate"
      ],
      "properties": {
       "attribute": {
        "minLength": 1,
        "description": "a column of accounts",
        "type": "string"
       },
       "aggregate": {
        "uniqueItems": true,
        "default": [],
        "description": "mean, max: of numbers; share: of each category; none: whichever fit the column",
        "type": "array",
        "items": {
         "type": "string",
         "enum": [
          "mean",
          "max",
          "share"
         ]
        }
       }
      }
     }
    },
    "pairs": {
     "additionalProperties": false,
     "description": "pairs of accounts, whose features are wanted too",
     "type": "object",
     "required": [
      "format"
     ],
     "properties": {
      "table": {
       "additionalProperties": false,
       "description": "a table that a stage left",
       "x-artifact": "table",
       "type": "object",
       "required": [
        "artifact",
        "digest"
       ],
       "properties": {
        "artifact": {
         "const": "table",
         "type": "string"
        },
        "digest": {
         "pattern": "^[0-9a-f]{64}$",
         "type": "string"
        }
       }
      },
      "file": {
       "minLength": 1,
       "x-path": true,
       "description": "a path (or `*` pattern) below the working folder",
       "type": "string"
      },
      "package": {
       "minLength": 1,
       "description": "an installed npm data package",
       "type": "string"
      },
      "path": {
       "minLength": 1,
       "x-path": true,
       "description": "a file (or `*` pattern) inside the package",
       "type": "string"
      },
      "url": {
       "pattern": "^https?://",
       "description": "an address to download",
       "type": "string"
      },
      "sha256": {
       "pattern": "^[0-9a-f]{64}$",
       "description": "the download's digest, checked",
       "type": "string"
      },
      "format": {
       "type": "string",
       "enum": [
        "auto",
        "csv",
        "parquet",
        "json",
        "jsonl"
       ],
       "default": "auto",
       "description": "auto: by the file's extension"
      },
      "delimiter": {
       "minLength": 1,
       "maxLength": 4,
       "description": "of CSV, where it is not found by itself",
       "type": "string"
      },
      "query": {
       "description": "SQL (DuckDB) over the table `data`",
       "type": "string"
      }
     }
    },
    "pairColumns": {
     "additionalProperties": false,
     "default": {},
     "description": "which columns of pairs hold what",
     "type": "object",
     "required": [
      "source",
      "target"
     ],
     "properties": {
      "source": {
       "minLength": 1,
       "default": "source",
       "description": "of pairs: one account",
       "type": "string"
      },
      "target": {
       "minLength": 1,
       "default": "target",
       "description": "of pairs: the other",
       "type": "string"
      }
     }
    },
    "tolerance": {
     "exclusiveMinimum": 0,
     "default": 1e-12,
     "description": "iterations end when values change by less than this share",
     "type": "number"
    },
    "iterations": {
     "minimum": 1,
     "default": 1000,
     "description": "most steps of an iteration",
     "type": "integer"
    },
    "notConverged": {
     "type": "string",
     "enum": [
      "error",
      "missing"
     ],
     "default": "error",
     "description": "features whose iteration does not settle: the stage fails, or they have no values"
    }
   }
  }
 },
 "table-model": {
  "summary": "predicts a column by boosted trees without and with some columns, and says what those are worth",
  "version": 1,
  "usesTensors": false,
  "outputs": {
   "predictions": "table"
  },
  "metrics": {
   "lift": "area under the ROC curve with the features, minus that without",
   "liftLow": "lower end of its 95 % interval (bootstrap over rows, the same for both models)",
   "liftHigh": "upper end of its 95 % interval",
   "areaWithout": "area under the ROC curve without the features, each row predicted by models that have not seen it",
   "areaWith": "the same with the features",
   "accuracyWithout": "share of rows predicted right without the features",
   "accuracyWith": "the same with the features",
   "positives": "share of rows whose target is true",
   "rows": "rows",
   "columnsWithout": "columns that the model without the features knows",
   "columnsWith": "columns that the model with the features knows"
  },
  "with": {
   "additionalProperties": false,
   "type": "object",
   "required": [
    "data",
    "target",
    "baseline",
    "features",
    "ignore",
    "folds",
    "rounds",
    "depth",
    "learningRate",
    "resamples"
   ],
   "properties": {
    "data": {
     "additionalProperties": false,
     "description": "the rows to learn from and to predict",
     "type": "object",
     "required": [
      "format"
     ],
     "properties": {
      "table": {
       "additionalProperties": false,
       "description": "a table that a stage left",
       "x-artifact": "table",
       "type": "object",
       "required": [
        "artifact",
        "digest"
       ],
       "properties": {
        "artifact": {
         "const": "table",
         "type": "string"
        },
        "digest": {
         "pattern": "^[0-9a-f]{64}$",
         "type": "string"
        }
       }
      },
      "file": {
       "minLength": 1,
       "x-path": true,
       "description": "a path (or `*` pattern) below the working folder",
       "type": "string"
      },
      "package": {
       "minLength": 1,
       "description": "an installed npm data package",
       "type": "string"
      },
      "path": {
       "minLength": 1,
       "x-path": true,
       "description": "a file (or `*` pattern) inside the package",
       "type": "string"
      },
      "url": {
       "pattern": "^https?://",
       "description": "an address to download",
       "type": "string"
      },
      "sha256": {
       "pattern": "^[0-9a-f]{64}$",
       "description": "the download's digest, checked",
       "type": "string"
      },
      "format": {
       "type": "string",
       "enum": [
        "auto",
        "csv",
        "parquet",
        "json",
        "jsonl"
       ],
       "default": "auto",
       "description": "auto: by the file's extension"
      },
      "delimiter": {
       "minLength": 1,
       "maxLength": 4,
       "description": "of CSV, where it is not found by itself",
       "type": "string"
      },
      "query": {
       "description": "SQL (DuckDB) over the table `data`",
       "type": "string"
      }
     }
    },
    "target": {
     "minLength": 1,
     "description": "the column to predict: true or false, 1 or 0",
     "type": "string"
    },
    "baseline": {
     "minItems": 1,
     "description": "columns that both models know; `*` stands for anything",
     "type": "array",
     "items": {
      "minLength": 1,
      "type": "string"
     }
    },
    "features": {
     "minItems": 1,
     "default": [
      "*"
     ],
     "description": "columns that only the second model knows, less the baseline's",
     "type": "array",
     "items": {
      "minLength": 1,
      "type": "string"
     }
    },
    "ignore": {
     "default": [],
     "description": "columns that neither knows",
     "type": "array",
     "items": {
      "minLength": 1,
      "type": "string"
     }
    },
    "folds": {
     "minimum": 2,
     "default": 5,
     "description": "parts; each is predicted by a model of the others",
     "type": "integer"
    },
    "rounds": {
     "minimum": 1,
     "default": 100,
     "description": "trees a model",
     "type": "integer"
    },
    "depth": {
     "minimum": 1,
     "maximum": 8,
     "default": 3,
     "description": "of a tree",
     "type": "integer"
    },
    "learningRate": {
     "exclusiveMinimum": 0,
     "maximum": 1,
     "default": 0.1,
     "description": "weight of a tree",
     "type": "number"
    },
    "resamples": {
     "minimum": 100,
     "default": 1000,
     "description": "draws of the bootstrap",
     "type": "integer"
    }
   }
  }
 }
};

export const definitionSchema: Schema = {
 "additionalProperties": false,
 "type": "object",
 "required": [
  "name",
  "stages"
 ],
 "properties": {
  "name": {
   "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$",
   "description": "the pipeline's name",
   "type": "string"
  },
  "description": {
   "description": "what it does",
   "type": "string"
  },
  "seed": {
   "minimum": 0,
   "maximum": 4294967295,
   "description": "root of all random numbers of a run",
   "type": "integer"
  },
  "inputs": {
   "additionalProperties": false,
   "description": "what a run may be given; each body is a JSON Schema, with its default",
   "type": "object",
   "patternProperties": {
    "^[A-Za-z][A-Za-z0-9_-]{0,63}$": {
     "description": "a JSON Schema",
     "type": "object",
     "properties": {}
    }
   }
  },
  "defaults": {
   "additionalProperties": false,
   "description": "settings of all stages",
   "type": "object",
   "properties": {
    "retry": {
     "additionalProperties": false,
     "description": "how often, and how soon, a failed attempt is made again",
     "type": "object",
     "properties": {
      "maxAttempts": {
       "minimum": 1,
       "maximum": 1000,
       "description": "attempts in all, for failures that may pass",
       "type": "integer"
      },
      "interval": {
       "pattern": "^[1-9][0-9]{0,7}(ms|s|m|h|d)$",
       "description": "wait before the second attempt",
       "x-duration": true,
       "type": "string"
      },
      "factor": {
       "minimum": 1,
       "maximum": 100,
       "description": "the wait grows by this factor",
       "type": "number"
      },
      "maxInterval": {
       "pattern": "^[1-9][0-9]{0,7}(ms|s|m|h|d)$",
       "description": "longest wait",
       "x-duration": true,
       "type": "string"
      },
      "on": {
       "additionalProperties": false,
       "description": "budgets of their own, counted from the last attempt that made progress",
       "type": "object",
       "properties": {
        "preempted": {
         "minimum": 0,
         "maximum": 100000,
         "description": "further attempts when the machine is taken away",
         "type": "integer"
        },
        "lost": {
         "minimum": 0,
         "maximum": 100000,
         "description": "further attempts when the worker falls silent",
         "type": "integer"
        },
        "outOfMemory": {
         "minimum": 0,
         "maximum": 100,
         "description": "further attempts when memory runs out",
         "type": "integer"
        }
       }
      }
     }
    },
    "timeout": {
     "pattern": "^[1-9][0-9]{0,7}(ms|s|m|h|d)$",
     "description": "longest time one attempt may take",
     "x-duration": true,
     "type": "string"
    },
    "heartbeat": {
     "pattern": "^[1-9][0-9]{0,7}(ms|s|m|h|d)$",
     "description": "a worker silent for so long is taken for lost; at least 1s",
     "x-duration": true,
     "type": "string"
    },
    "checkpoint": {
     "additionalProperties": false,
     "description": "how often the state is saved",
     "type": "object",
     "properties": {
      "every": {
       "pattern": "^[1-9][0-9]{0,7}(ms|s|m|h|d)$",
       "description": "time between checkpoints",
       "x-duration": true,
       "type": "string"
      },
      "keep": {
       "minimum": 1,
       "maximum": 1000,
       "description": "how many are kept",
       "type": "integer"
      }
     }
    },
    "resources": {
     "additionalProperties": false,
     "description": "what the worker must have",
     "type": "object",
     "properties": {
      "gpu": {
       "minimum": 0,
       "maximum": 1,
       "description": "1: runs on a GPU worker",
       "type": "integer"
      }
     }
    },
    "cache": {
     "type": [
      "boolean",
      "object"
     ],
     "properties": {
      "ttl": {
       "pattern": "^[1-9][0-9]{0,7}(ms|s|m|h|d)$",
       "description": "a result is used again while it is younger",
       "x-duration": true,
       "type": "string"
      }
     },
     "required": [
      "ttl"
     ],
     "additionalProperties": false,
     "description": "true: a result of the same key is used again; false: never; {ttl}: while it is young enough"
    },
    "onFailure": {
     "type": "string",
     "enum": [
      "fail",
      "park",
      "continue"
     ],
     "description": "fail: the run fails; park: the stage waits for retry, skip or abort; continue: the run goes on without it"
    }
   }
  },
  "stages": {
   "additionalProperties": false,
   "minProperties": 1,
   "maxProperties": 1000,
   "description": "what is done; order does not matter",
   "type": "object",
   "patternProperties": {
    "^[A-Za-z][A-Za-z0-9_-]{0,63}$": {
     "additionalProperties": false,
     "type": "object",
     "required": [
      "uses"
     ],
     "properties": {
      "uses": {
       "type": "string",
       "enum": [
        "dataset",
        "tokenize",
        "pretrain",
        "sft",
        "extend-context",
        "collect-preferences",
        "reward-model",
        "ppo",
        "grpo",
        "evaluate",
        "generate",
        "export",
        "social-network",
        "hold-out-links",
        "graph-featurize",
        "table-model"
       ],
       "description": "the stage's type"
      },
      "with": {
       "description": "the stage's settings",
       "type": "object",
       "properties": {}
      },
      "needs": {
       "type": [
        "string",
        "array"
       ],
       "items": {
        "type": "string"
       },
       "description": "stages that must end first, beside those whose outputs are used"
      },
      "if": {
       "type": [
        "string",
        "boolean"
       ],
       "description": "runs only if this holds; success() when absent"
      },
      "retry": {
       "additionalProperties": false,
       "description": "how often, and how soon, a failed attempt is made again",
       "type": "object",
       "properties": {
        "maxAttempts": {
         "minimum": 1,
         "maximum": 1000,
         "description": "attempts in all, for failures that may pass",
         "type": "integer"
        },
        "interval": {
         "pattern": "^[1-9][0-9]{0,7}(ms|s|m|h|d)$",
         "description": "wait before the second attempt",
         "x-duration": true,
         "type": "string"
        },
        "factor": {
         "minimum": 1,
         "maximum": 100,
         "description": "the wait grows by this factor",
         "type": "number"
        },
        "maxInterval": {
         "pattern": "^[1-9][0-9]{0,7}(ms|s|m|h|d)$",
         "description": "longest wait",
         "x-duration": true,
         "type": "string"
        },
        "on": {
         "additionalProperties": false,
         "description": "budgets of their own, counted from the last attempt that made progress",
         "type": "object",
         "properties": {
          "preempted": {
           "minimum": 0,
           "maximum": 100000,
           "description": "further attempts when the machine is taken away",
           "type": "integer"
          },
          "lost": {
           "minimum": 0,
           "maximum": 100000,
           "description": "further attempts when the worker falls silent",
           "type": "integer"
          },
          "outOfMemory": {
           "minimum": 0,
           "maximum": 100,
           "description": "further attempts when memory runs out",
           "type": "integer"
          }
         }
        }
       }
      },
      "timeout": {
       "pattern": "^[1-9][0-9]{0,7}(ms|s|m|h|d)$",
       "description": "longest time one attempt may take",
       "x-duration": true,
       "type": "string"
      },
      "heartbeat": {
       "pattern": "^[1-9][0-9]{0,7}(ms|s|m|h|d)$",
       "description": "a worker silent for so long is taken for lost; at least 1s",
       "x-duration": true,
       "type": "string"
      },
      "checkpoint": {
       "additionalProperties": false,
       "description": "how often the state is saved",
       "type": "object",
       "properties": {
        "every": {
         "pattern": "^[1-9][0-9]{0,7}(ms|s|m|h|d)$",
         "description": "time between checkpoints",
         "x-duration": true,
         "type": "string"
        },
        "keep": {
         "minimum": 1,
         "maximum": 1000,
         "description": "how many are kept",
         "type": "integer"
        }
       }
      },
      "resources": {
       "additionalProperties": false,
       "description": "what the worker must have",
       "type": "object",
       "properties": {
        "gpu": {
         "minimum": 0,
         "maximum": 1,
         "description": "1: runs on a GPU worker",
         "type": "integer"
        }
       }
      },
      "cache": {
       "type": [
        "boolean",
        "object"
       ],
       "properties": {
        "ttl": {
         "pattern": "^[1-9][0-9]{0,7}(ms|s|m|h|d)$",
         "description": "a result is used again while it is younger",
         "x-duration": true,
         "type": "string"
        }
       },
       "required": [
        "ttl"
       ],
       "additionalProperties": false,
       "description": "true: a result of the same key is used again; false: never; {ttl}: while it is young enough"
      },
      "onFailure": {
       "type": "string",
       "enum": [
        "fail",
        "park",
        "continue"
       ],
       "description": "fail: the run fails; park: the stage waits for retry, skip or abort; continue: the run goes on without it"
      }
     }
    }
   }
  },
  "outputs": {
   "additionalProperties": false,
   "description": "what the run gives back",
   "type": "object",
   "patternProperties": {
    "^[A-Za-z][A-Za-z0-9_-]{0,63}$": {}
   }
  }
 }
};
