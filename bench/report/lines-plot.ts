import type { MemorySample } from '../machine/memory-sampler.js';
import { curve, gridLine, stepOf, svg, text, type Colour } from './svg.js';

const WIDTH = 860;
const HEIGHT = 380;
const LEFT = 62;
const RIGHT = 150;
const TOP = 64;
const BOTTOM = 26;
const MIB = 1_048_576;
/** Names of curves that end close together are moved apart. */
const LABEL_STEP = 17;

const COLOURS: readonly Colour[] = ['ours', 'ours-too', 'peer', 'other', 'limit'];

/** The memory of each process over time. */
export function memoryPlot(samples: readonly MemorySample[], title: string, subtitle: string): string {
  const names = Object.keys(samples[0]?.bytes ?? {});
  const mostMib = Math.max(...samples.flatMap((sample) => Object.values(sample.bytes))) / MIB;
  const mostSeconds = samples.at(-1)?.secondsIn ?? 1;
  const stepMib = stepOf(mostMib, 5);
  const topMib = Math.ceil(mostMib / stepMib) * stepMib;
  const x = (seconds: number): number => LEFT + (seconds / mostSeconds) * (WIDTH - LEFT - RIGHT);
  const y = (mib: number): number => HEIGHT - BOTTOM - (mib / topMib) * (HEIGHT - TOP - BOTTOM);
  const parts = [text(0, 18, title, { className: 'title' }), text(0, 40, subtitle, { className: 'quiet' })];
  for (let mib = 0; mib <= topMib; mib += stepMib) {
    parts.push(gridLine(LEFT, y(mib), WIDTH - RIGHT, y(mib)));
    parts.push(text(LEFT - 8, y(mib) + 4, `${mib} MiB`, { anchor: 'end', className: 'quiet' }));
  }
  const stepSeconds = stepOf(mostSeconds, 8);
  for (let seconds = 0; seconds <= mostSeconds; seconds += stepSeconds) {
    parts.push(
      text(x(seconds), HEIGHT - BOTTOM + 20, `${Math.round(seconds * 10) / 10} s`, {
        anchor: 'middle',
        className: 'quiet',
      }),
    );
  }
  const ends = names.map((name) => ({ name, mib: (samples.at(-1)?.bytes[name] ?? 0) / MIB }));
  const labels = spreadOut(ends.map(({ mib }) => y(mib)));
  names.forEach((name, index) => {
    const points = samples.map(({ secondsIn, bytes }) => [x(secondsIn), y((bytes[name] ?? 0) / MIB)] as const);
    parts.push(curve(points, COLOURS[index % COLOURS.length] ?? 'other'));
    parts.push(text(WIDTH - RIGHT + 8, (labels[index] ?? 0) + 4, `${name} ${Math.round(ends[index]?.mib ?? 0)} MiB`));
  });
  return svg(WIDTH, HEIGHT, title, parts);
}

/** The same heights, moved as little as it takes for none to be closer than a line of text to the next. */
function spreadOut(heights: readonly number[]): number[] {
  const moved = [...heights];
  const fromTheTop = heights.map((_, index) => index).toSorted((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  let above = Number.NEGATIVE_INFINITY;
  for (const index of fromTheTop) {
    above = Math.max(moved[index] ?? 0, above + LABEL_STEP);
    moved[index] = above;
  }
  const overflow = Math.max(0, above - (HEIGHT - BOTTOM));
  return moved.map((height) => height - overflow);
}
