export type Listener<State> = (state: State, previous: State) => void;

/** Holds one immutable state and tells its listeners about every change, in order. */
export class Store<State extends object> {
  private state: State;
  private readonly listeners: Listener<State>[] = [];

  constructor(initial: State) {
    this.state = initial;
  }

  get current(): State {
    return this.state;
  }

  update(patch: Partial<State>): void {
    const previous = this.state;
    this.state = { ...previous, ...patch };
    for (const listener of this.listeners) listener(this.state, previous);
  }

  subscribe(listener: Listener<State>): void {
    this.listeners.push(listener);
  }
}
