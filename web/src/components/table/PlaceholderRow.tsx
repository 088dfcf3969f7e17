import { memo } from 'react';

interface PlaceholderRowProps {
  index: number;
  top: number;
  cells: number;
}

/** The place of a row that is not here yet. Keys lead there as to any other. */
function Placeholder({ index, top, cells }: PlaceholderRowProps) {
  return (
    <div
      role="row"
      className="table-row table-placeholder"
      aria-rowindex={index + 2}
      aria-busy="true"
      style={{ transform: `translateY(${top}px)` }}
    >
      {Array.from({ length: cells }, (_, i) => (
        <div
          key={i}
          role="gridcell"
          className="table-cell"
          data-cell={`${index}:${i}`}
          aria-colindex={i + 1}
          tabIndex={-1}
        />
      ))}
    </div>
  );
}

export const PlaceholderRow = memo(Placeholder);
