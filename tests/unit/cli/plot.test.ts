import { plot } from "../../../cli/render/plot.js";

test("a falling line goes from the upper left to the lower right", () => {
  expect(
    plot(
      [
        [1, 8],
        [20, 0],
      ],

      22,
    ),
  ).toMatchInlineSnapshot(`
    [
      "         8 ┤⠱⡀⠀⠀⠀⠀⠀⠀⠀⠀",
      "           ┤⠀⠑⡄⠀⠀⠀⠀⠀⠀⠀",
      "           ┤⠀⠀⠈⢆⠀⠀⠀⠀⠀⠀",
      "           ┤⠀⠀⠀⠈⢢⠀⠀⠀⠀⠀",
      "           ┤⠀⠀⠀⠀⠀⠣⡀⠀⠀⠀",
      "           ┤⠀⠀⠀⠀⠀⠀⠱⡀⠀⠀",
      "           ┤⠀⠀⠀⠀⠀⠀⠀⠘⢄⠀",
      "         0 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠈⢆",
      "            1       20",
    ]
  `);
});

test("a constant is a line in the middle; a single value is none", () => {
  const lines = plot(
    [
      [1, 2],
      [5, 2],
    ],
    22,
  );
  expect(lines.map((one) => /[^\u2800\s\d┤.]/.test(one))).toEqual([
    false,
    false,
    false,
    false,
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(plot([[1, 2]], 22)).toEqual([]);
});
