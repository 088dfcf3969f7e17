import { memo, type DragEvent } from 'react';
import { Value } from '../Value';
import { writeCell, type CellPayload } from './cellDrag';
import type { Column } from './columns';
import { RowCheckbox } from './RowCheckbox';

export interface BodyRowProps<T> {
  row: T;
  id: string;
  index: number;
  top: number;
  columns: readonly Column<T>[];
  /** Undefined where rows cannot be selected. */
  isSelected: boolean | undefined;
  onSelect: (id: string) => void;
  cellOf: ((row: T, column: string) => CellPayload | null) | undefined;
}

function Row<T>(props: BodyRowProps<T>) {
  const { row, id, index, top, columns, isSelected, onSelect, cellOf } = props;
  const first = isSelected === undefined ? 0 : 1;
  return (
    <div
      role="row"
      className="table-row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      style={{ transform: `translateY(${top}px)` }}
    >
      {isSelected !== undefined && (
        <div
          role="gridcell"
          className="table-cell"
          data-cell={`${index}:0`}
          aria-colindex={1}
          tabIndex={-1}
        >
          <RowCheckbox
            label={`Select row ${index + 1}`}
            isSelected={isSelected}
            onChange={() => onSelect(id)}
          />
        </div>
      )}
      {columns.map((column, i) => {
        const payload = cellOf?.(row, column.id) ?? null;
        return (
          <div
            key={column.id}
            role="gridcell"
            className="table-cell"
            data-cell={`${index}:${first + i}`}
            data-align={column.align ?? 'start'}
            aria-colindex={first + i + 1}
            tabIndex={-1}
            aria-haspopup={payload ? 'menu' : undefined}
            draggable={payload !== null}
            onDragStart={
              payload ? (event: DragEvent) => writeCell(event.dataTransfer, payload) : undefined
            }
          >
            {column.cell ? (
              column.cell(row)
            ) : (
              <Value of={column.value(row)} {...(column.kind && { kind: column.kind })} />
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Scrolling renders the table at every frame, but only the rows that are new. */
export const BodyRow = memo(Row) as typeof Row;
