import { CASE_TITLES, WAY_TITLES, type CaseName, type WayName } from '../names.js';
import type { Line } from '../measure.js';
import { bar, gridLine, stepOf, svg, text, type Colour } from './svg.js';

const WIDTH = 860;
const LABEL_WIDTH = 220;
const VALUE_WIDTH = 70;
const BAR_HEIGHT = 14;
const BAR_STEP = 20;
const GROUP_GAP = 34;
const TOP = 64;
const BOTTOM = 22;

const COLOURS: Readonly<Record<WayName, Colour>> = {
  'saldo-redis': 'ours',
  'saldo-postgres': 'ours-too',
  'grown-redis': 'ours',
  'grown-postgres': 'ours-too',
  textbook: 'peer',
  'textbook-pipelined': 'peer-too',
  'job-redis': 'other',
  'job-postgres': 'other',
  'bare-express': 'limit',
  'bare-express-server': 'limit',
  'set-based': 'limit',
};

/** Operations per second by case and way, as bars. */
export function barsPlot(lines: readonly Line[], subtitle: string): string {
  const shown = lines.filter((line) => line.caseName !== 'idle-deposit' && line.caseName !== 'half-rate');
  const most = Math.max(...shown.map((line) => line.operationsPerSecond.median), 1);
  const scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / most;
  const parts: string[] = [];
  let y = TOP;
  for (const [caseName, group] of byCase(shown)) {
    parts.push(text(0, y + 12, CASE_TITLES[caseName], { className: 'group' }));
    y += 22;
    for (const { wayName, operationsPerSecond } of group) {
      const width = operationsPerSecond.median * scale;
      parts.push(
        text(LABEL_WIDTH - 10, y + BAR_HEIGHT - 2.5, WAY_TITLES[wayName], { anchor: 'end', className: 'quiet' }),
      );
      parts.push(bar(LABEL_WIDTH, y, width, BAR_HEIGHT, COLOURS[wayName]));
      parts.push(
        text(
          LABEL_WIDTH + width + 8,
          y + BAR_HEIGHT - 2.5,
          Math.round(operationsPerSecond.median).toLocaleString('en-US'),
        ),
      );
      y += BAR_STEP;
    }
    y += GROUP_GAP - 22;
  }
  const heading = [
    text(0, 18, 'Operations per second, from submit until the last outcome is in Postgres', { className: 'title' }),
    text(0, 40, subtitle, { className: 'quiet' }),
  ];
  return svg(WIDTH, y + BOTTOM, 'Operations per second by way and case', [
    ...heading,
    ...axis(most, scale, y),
    ...parts,
  ]);
}

function axis(most: number, scale: number, bottom: number): string[] {
  const step = stepOf(most, 6);
  const marks = Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
  return marks.flatMap((mark) => [
    gridLine(LABEL_WIDTH + mark * scale, TOP, LABEL_WIDTH + mark * scale, bottom),
    text(LABEL_WIDTH + mark * scale, bottom + 18, mark.toLocaleString('en-US'), {
      anchor: 'middle',
      className: 'quiet',
    }),
  ]);
}

function byCase(lines: readonly Line[]): Map<CaseName, Line[]> {
  const groups = new Map<CaseName, Line[]>();
  for (const line of lines) groups.set(line.caseName, [...(groups.get(line.caseName) ?? []), line]);
  return groups;
}
