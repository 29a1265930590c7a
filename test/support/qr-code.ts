import jsQR from 'jsqr';

// Its types have a default export within the default export; its module has not.
const decode = jsQR as unknown as typeof jsQR.default;

/** What a camera reads in a QR code that came as an SVG image in a `data:` URI. */
export function readQrCode(dataUri: string): string | undefined {
  const { data, width, height } = drawQrCode(dataUri);
  return decode(data, width, height)?.data;
}

/** The pixels of a QR code that came as an SVG image in a `data:` URI: RGBA, one module ten pixels wide. */
function drawQrCode(dataUri: string): { data: Uint8ClampedArray; width: number; height: number } {
  const [, base64 = ''] = /^data:image\/svg\+xml;base64,([A-Za-z0-9+/=]+)$/.exec(dataUri) ?? [];
  const svg = Buffer.from(base64, 'base64').toString();
  const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const modules = darkModules(/<path stroke="#000000" d="([^"]+)"/.exec(svg)?.[1] ?? '');
  const scale = 10;
  const width = side * scale;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [x, y] of modules) {
    for (let row = y * scale; row < (y + 1) * scale; row++) {
      for (let column = x * scale; column < (x + 1) * scale; column++) {
        data.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
      }
    }
  }
  return { data, width, height: width };
}

/** Where a stroke of width one goes: `M4 4.5h7` draws seven modules of the row 4, `m3 0` skips three, `m-18 1` begins a row. */
function darkModules(path: string): [x: number, y: number][] {
  const dark: [number, number][] = [];
  let [x, y] = [0, 0];
  for (const [, command, first = '0', second = '0'] of path.matchAll(
    /([Mmh])(-?[\d.]+)(?:[ ,](-?[\d.]+))?/g,
  )) {
    if (command === 'M') [x, y] = [Number(first), Number(second)];
    else if (command === 'm') [x, y] = [x + Number(first), y + Number(second)];
    else for (const end = x + Number(first); x < end; x++) dark.push([x, Math.floor(y)]);
  }
  return dark;
}
