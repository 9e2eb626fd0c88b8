import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

/** Bytes that Brotli at its strongest (quality 11, the largest window) needs. It may take minutes; the process goes on turning. */
export async function brotliSize(data: Buffer): Promise<number> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
  };
  return (await promisify(brotliCompress)(data, { params })).length;
}
