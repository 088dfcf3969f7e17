import type { ReactElement, ReactNode } from 'react';
import {
  Dialog as AriaDialog,
  DialogTrigger,
  Heading,
  Modal,
  ModalOverlay,
} from 'react-aria-components';
import { IconButton } from './Button';
import './overlays.css';

type Content = ReactNode | ((close: () => void) => ReactNode);

interface DialogProps {
  title: string;
  /** A Button that opens it; or control it with `isOpen` and `onOpenChange`. */
  trigger?: ReactElement;
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  size?: 'normal' | 'wide';
  children: Content;
  /** Buttons at the end. */
  actions?: Content;
}

export function Dialog({
  title,
  trigger,
  size = 'normal',
  children,
  actions,
  ...open
}: DialogProps) {
  const overlay = (
    <ModalOverlay className="modal-backdrop" isDismissable {...(trigger ? {} : open)}>
      <Modal className="modal" data-size={size}>
        <AriaDialog className="dialog">
          {({ close }) => (
            <>
              <div className="dialog-head">
                <Heading slot="title" level={2}>
                  {title}
                </Heading>
                <IconButton icon="cross" label="Close" size="small" onPress={close} />
              </div>
              {fill(children, close)}
              {actions !== undefined && (
                <div className="dialog-actions">{fill(actions, close)}</div>
              )}
            </>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
  if (!trigger) return overlay;
  return (
    <DialogTrigger {...open}>
      {trigger}
      {overlay}
    </DialogTrigger>
  );
}

function fill(content: Content, close: () => void): ReactNode {
  return typeof content === 'function' ? content(close) : content;
}
