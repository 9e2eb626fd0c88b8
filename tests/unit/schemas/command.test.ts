import { checkWith } from "../../../compiler/inputs/check-with.js";
import { externalInputs } from "../../../schemas/stages/index.js";

/** The files that belong to the key of a command. */
const filesOf = (settings: object) =>
  externalInputs("command", checkWith("command", settings as never)).map((input) =>
    "files" in input ? input.files : "",
  );

test.each<[string[], string[]]>([
  [["python3", "-u", "train.py", "--log", "out.log"], ["train.py"]],
  [["./tool", "data.csv"], ["./tool"]],
  [["tools/run", "--file=a.b"], ["tools/run"]],
  [["python3", "-m", "http"], []],
  [["node", "node_modules/tool/index.js"], []],
  [[".venv/bin/python", "train.py"], ["train.py"]],
  [["cp", "/etc/hosts.txt", "../x.txt"], []],
  [["python3", "0.5"], []],
])("the program's own file of %j is %j", (run, files) => {
  expect(filesOf({ run })).toEqual(files);
});

test("it lies in the working directory; files that are listed do not depend on it", () => {
  expect(filesOf({ run: ["python3", "train.py"], workdir: "tools", files: ["lib/*.py"] })).toEqual([
    "tools/train.py",
    "lib/*.py",
  ]);
  expect(filesOf({ run: "python3 train.py", shell: true, files: ["train.py"] })).toEqual(["train.py"]);
});
