// Multiplies two matrices with the number of threads given, and prints how many threads the process
// has then.
import * as tf from "@tensorflow/tfjs-core";
import { readdirSync } from "node:fs";
import { loadBackend } from "../../dist/tensor/backend.js";
import { computeFingerprint, fixCompute } from "../../dist/tensor/flags.js";

fixCompute({ ...computeFingerprint({ gpu: false }), threads: Number(process.argv[2]) });
await loadBackend("tensorflow");
const matrix = tf.ones([700, 700]);
tf.matMul(matrix, matrix).dataSync();
process.stdout.write(String(readdirSync("/proc/self/task").length));
