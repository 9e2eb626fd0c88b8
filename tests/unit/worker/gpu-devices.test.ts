import { gpuDevices } from "../../../worker/supervision/gpu-devices.js";

test.each([
  [2, undefined, ["0", "1"]],
  [0, undefined, []],
  [2, "3,1,0", ["3", "1"]],
  [2, "GPU-8932f937", ["GPU-8932f937"]],
  [2, "", []],
  [2, "-1", []],
  [2, "1, -1, 0", ["1"]],
])("%d GPUs where CUDA_VISIBLE_DEVICES is %j: %j", (count, visible, devices) => {
  expect(gpuDevices(count, visible)).toEqual(devices);
});
