import { Component, type ReactNode } from 'react';

import { Brand } from './brand.js';

export interface ErrorBoundaryProps {
  readonly children: ReactNode;
}

interface ErrorBoundaryState {
  readonly hasFailed: boolean;
}

/**
 * Says so where the page itself is at fault, or was answered what nobody promised: React would leave nothing on the screen. Only a
 * class can catch that: https://react.dev/reference/react/Component#static-getderivedstatefromerror
 */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override readonly state: ErrorBoundaryState = { hasFailed: false };

  static getDerivedStateFromError(): ErrorBoundaryState {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main className="entrance">
        <Brand />
        <div className="narrow card">
          <div role="alert" className="notice notice-failure">
            <p>Something went wrong on this page, and it cannot go on.</p>
          </div>
          <button type="button" className="primary" onClick={() => location.reload()}>
            Reload
          </button>
        </div>
      </main>
    );
  }
}
