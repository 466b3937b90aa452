/** What stands in one field: text as it is, a bigint for money (units of 1/10,000), a number for what is counted. */
export type Cell = string | bigint | number | null;

/** Text that needs marks in a file, for programs that drop such blanks. */
export const BLANK_AT_AN_EDGE = /^\s|\s$/;

export interface Column {
  readonly name: string;
  /** In characters, where a program shows columns. */
  readonly width: number;
}

/** What a report looks like, whichever format it is written in. */
export interface Shape {
  /** What it is called inside the file, where the format has a place for that. */
  readonly title: string;
  readonly columns: readonly Column[];
  /** Whether the names of the columns are the first line of a CSV. In XLSX they always are. */
  readonly hasCsvHeader: boolean;
}

/** The rows of a report, as many at a time as one likes. */
export type Batches = AsyncIterable<readonly (readonly Cell[])[]> | Iterable<readonly (readonly Cell[])[]>;
