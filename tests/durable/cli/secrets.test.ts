import { readFileSync } from "node:fs";
import path from "node:path";
import { Shell } from "./shell.js";

const shell = new Shell();

const say = (title: string): string => `    with:
      shell: true
      run: printf '%s|%s' "$TITLE" "$BOTH" > "$PAWL_OUTPUTS/said"
      outputs: { said: files }
      env: { TITLE: "${title}", BOTH: "\${{ secrets.HF }} ${title}" }
`;

shell.pipeline(
  "titles",
  `inputs:
  title: { type: string }
stages:
  asked:
    uses: approve
    with: { message: Title?, form: { title: { type: string } } }
  listed:
    uses: command
    with:
      shell: true
      run: |
        printf '{"text": "$%s"}\\n' '{''{ secrets.HF }''}' > "$PAWL_OUTPUTS/rows"
      outputs: { rows: dataset }
  input:
    uses: command
${say("${{ inputs.title }}")}
  answer:
    uses: command
${say("${{ stages.asked.answers.title }}")}
  row:
    uses: command
    foreach: \${{ stages.listed.outputs.rows }}
${say("${{ item.text }}")}
`,
);

interface Stage {
  id: string;
  outputs: { said?: { digest: string } };
}

test("inputs, people's answers and rows that look like a secret are passed on unchanged", async () => {
  const environment = { PAWL_SECRET_HF: "hunter2-hunter2" };
  const title = "${{ secrets.HF }}";
  const running = shell.start(["run", "titles", "--json", "--input", `title=${title}`], { environment });
  const run = (JSON.parse(await running.printed(/\{"event":"started".*\}/)) as { run: string }).run;
  await running.printed(/"id":"asked","uses":"approve","status":"waiting/);
  const approved = await shell.start(["approve", run, "--set", `title=${title}`, "--yes"]).ended;
  expect(approved).toMatchObject({ code: 0 });
  const { code, out, note } = await running.ended;
  if (code !== 0) throw new Error(`${out}${note}`);
  const { stages } = JSON.parse(out.trimEnd().split("\n").at(-1)!) as { stages: Stage[] };
  const said = await Promise.all(
    stages
      .filter(({ outputs }) => outputs.said)
      .map(async ({ id, outputs }) => {
        const [found] = await shell.json<{ directory: string }>("inspect", outputs.said!.digest);
        return [id, readFileSync(path.join(found!.directory, "files", "said"), "utf8")];
      }),
  );
  const expected = `${title}|hunter2-hunter2 ${title}`;
  expect(said).toEqual([
    ["input", expected],
    ["answer", expected],
    ["row.1", expected],
  ]);
});
