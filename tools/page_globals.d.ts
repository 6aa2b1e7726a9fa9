/** The two libraries that pages load as plain scripts: Observable Plot and d3, as far as used here. */

type PlotValue<Row> =
  | string
  | number
  | boolean
  | null
  | undefined
  | object
  | ((row: Row, place: number) => unknown);
type PlotOptions<Row> = { [name: string]: PlotValue<Row> };
type PlotMark = <Row>(rows: readonly Row[], options?: PlotOptions<Row>) => object;

declare var Plot: {
  plot(options: object): HTMLElement;
  ruleY: PlotMark;
  lineY: PlotMark;
  barX: PlotMark;
  barY: PlotMark;
  rectY: PlotMark;
  cell: PlotMark;
  text: PlotMark;
  tip: PlotMark;
  pointer<Row>(options: PlotOptions<Row>): PlotOptions<Row>;
  pointerX<Row>(options: PlotOptions<Row>): PlotOptions<Row>;
};

declare var d3: {
  range(start: number, stop?: number, step?: number): number[];
  quantile(values: number[], share: number): number | undefined;
};
