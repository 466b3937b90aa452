/** The pieces that plots are drawn with. Colours follow the reader's light or dark surroundings. */

const STYLE = `
  .paper { fill: #ffffff; stroke: #d1d9e0; }
  text { font: 13px system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .group { font-weight: 600; }
  .quiet { fill: #59636e; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .ours { fill: #0969da; stroke: #0969da; }
  .ours-too { fill: #54aeff; stroke: #54aeff; }
  .peer { fill: #9a6700; stroke: #9a6700; }
  .peer-too { fill: #d4a72c; stroke: #d4a72c; }
  .other { fill: #8250df; stroke: #8250df; }
  .limit { fill: #afb8c1; stroke: #afb8c1; }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117; stroke: #3d444d; }
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .ours { fill: #4493f8; stroke: #4493f8; }
    .ours-too { fill: #79c0ff; stroke: #79c0ff; }
    .peer { fill: #d29922; stroke: #d29922; }
    .peer-too { fill: #e3b341; stroke: #e3b341; }
    .other { fill: #ab7df8; stroke: #ab7df8; }
    .limit { fill: #656c76; stroke: #656c76; }
  }`;

export type Colour = 'ours' | 'ours-too' | 'peer' | 'peer-too' | 'other' | 'limit';

/** Around everything, in the colour of the paper: what shows the plot may be dark where the reader's system is light. */
const MARGIN = 16;

/** A whole plot: what is drawn from 0, 0 to `width`, `height`, with a margin around it. */
export function svg(width: number, height: number, description: string, parts: readonly string[]): string {
  const [fullWidth, fullHeight] = [width + 2 * MARGIN, height + 2 * MARGIN];
  const box = `viewBox="${-MARGIN} ${-MARGIN} ${fullWidth} ${fullHeight}" width="${fullWidth}" height="${fullHeight}"`;
  const paper = `<rect x="${0.5 - MARGIN}" y="${0.5 - MARGIN}" width="${fullWidth - 1}" height="${fullHeight - 1}" rx="8" class="paper"/>`;
  const body = [paper, ...parts].map((part) => `  ${part}`).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img" aria-label="${escape(description)}">\n  <style>${STYLE}\n  </style>\n${body}\n</svg>\n`;
}

export interface TextOptions {
  readonly className?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

export function text(x: number, y: number, content: string, { className, anchor = 'start' }: TextOptions = {}): string {
  const classed = className === undefined ? '' : ` class="${className}"`;
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${classed}>${escape(content)}</text>`;
}

export function bar(x: number, y: number, width: number, height: number, colour: Colour): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(width, 1))}" height="${height}" rx="2" class="${colour}"/>`;
}

export function gridLine(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" class="grid"/>`;
}

export function curve(points: readonly (readonly [x: number, y: number])[], colour: Colour): string {
  return `<polyline points="${points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')}" class="line ${colour}" style="fill: none"/>`;
}

/** A round step that divides a range into about so many parts. */
export function stepOf(most: number, parts: number): number {
  const rough = most / parts;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
