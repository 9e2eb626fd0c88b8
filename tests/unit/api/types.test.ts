import { definePipeline } from "pawl";

/** What `tsc` must refuse; `check:lint` fails if one of these compiles. */
test("the types of a pipeline are those of its schemas", () => {
  const source = { text: "x" };
  const whole = definePipeline({
    name: "poems",
    seed: 7,
    inputs: { steps: { type: "integer", default: 3 } },
    defaults: { retry: { maxAttempts: 3 }, timeout: "1h" },
    notify: [{ url: "https://hooks.example", on: ["failed"] }],
    stages: {
      text: { uses: "dataset", with: { source, unit: "line" } },
      tokens: { uses: "tokenize", with: { train: ["${{ stages.text.outputs.train }}"], vocabularySize: 300 } },
      base: {
        uses: "pretrain",
        with: { tokens: "${{ stages.tokens.outputs.tokens }}", steps: "${{ inputs.steps }}", learningRate: 1e-3 },
        matrix: { depth: [1, 2], maxParallel: 1 },
        checkpoint: { every: "5m" },
        cache: { ttl: "1d" },
        if: true,
        needs: "text",
      },
      own: { uses: "./stages/count.ts", with: { anything: 1 } },
    },
    outputs: { loss: "${{ stages.base.metrics.loss }}" },
  });
  const wrong = [
    // @ts-expect-error: a pipeline has a name
    definePipeline({ stages: { text: { uses: "dataset", with: { source } } } }),
    // @ts-expect-error: an unknown key of the definition
    definePipeline({ name: "x", stages: {}, notifications: [] }),
    // @ts-expect-error: an unknown stage type
    definePipeline({ name: "x", stages: { a: { uses: "quantum" } } }),
    // @ts-expect-error: the stage type that stands for one's own
    definePipeline({ name: "x", stages: { a: { uses: "module" } } }),
    // @ts-expect-error: an unknown key of a stage
    definePipeline({ name: "x", stages: { a: { uses: "dataset", with: { source }, retries: 1 } } }),
    // @ts-expect-error: an unknown setting
    definePipeline({ name: "x", stages: { a: { uses: "tokenize", with: { vocabulary: 1 } } } }),
    // @ts-expect-error: a setting of another stage type
    definePipeline({ name: "x", stages: { a: { uses: "dataset", with: { source, vocabularySize: 1 } } } }),
    // @ts-expect-error: text where a number or an expression is expected
    definePipeline({ name: "x", stages: { a: { uses: "tokenize", with: { vocabularySize: "many" } } } }),
    // @ts-expect-error: not one of the words
    definePipeline({ name: "x", stages: { a: { uses: "dataset", with: { source, unit: "word" } } } }),
    // @ts-expect-error: text where an artifact is expected
    definePipeline({ name: "x", stages: { a: { uses: "pretrain", with: { tokens: "tokens" } } } }),
    // @ts-expect-error: an unknown key of a nested setting
    definePipeline({ name: "x", stages: { a: { uses: "dataset", with: { source: { txt: "x" } } } } }),
    // @ts-expect-error: an unknown key of a common setting
    definePipeline({ name: "x", stages: { a: { uses: "dataset", with: { source }, retry: { attempts: 1 } } } }),
  ];
  expect([whole, ...wrong]).toHaveLength(13);
});
