import { codeArgument } from "../../../schemas/fields/scripts.js";

test.each([
  [["sh", "-c", "CODE"], 2],
  [["/bin/bash", "-eu", "-lc", "CODE", "x"], 3],
  [["/usr/bin/env", "python3.12", "-u", "-c", "CODE"], 4],
  [["node", "--no-warnings", "--eval", "CODE"], 3],
  [["perl", "-ne", "CODE"], 2],
  [["sh", "train.sh", "-c", "x"], undefined],
  [["python3", "train.py", "-c", "x"], undefined],
  [["python3", "-m", "train", "-c", "x"], undefined],
  [["./train", "-c", "x"], undefined],
  [["node"], undefined],
])("%j: the code is argument %j", (argv, index) => expect(codeArgument(argv)).toBe(index));
