import type { TopLevelSpec } from 'vega-lite';

export type ChartRow = Readonly<Record<string, unknown>>;

type OmitEach<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A Vega-Lite specification; data, size and colours come from the Chart. */
export type ChartSpec = OmitEach<
  TopLevelSpec,
  '$schema' | 'data' | 'width' | 'height' | 'autosize' | 'description'
>;
