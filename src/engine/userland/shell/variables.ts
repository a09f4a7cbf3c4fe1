/** Shell variables: scalars, indexed and associative arrays, with attributes and dynamic scope. */

export interface Variable {
  scalar?: string;
  /** Indexed array. */
  array?: Map<number, string>;
  /** Associative array. */
  table?: Map<string, string>;
  exported: boolean;
  readonly: boolean;
  integer: boolean;
}

/** An assignment to a readonly variable. */
export class ReadonlyVariable {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export class Variables {
  private readonly values = new Map<string, Variable>();
  private readonly scopes: Map<string, Variable | undefined>[] = [];

  clone(): Variables {
    const copy = new Variables();
    for (const [name, variable] of this.values) {
      copy.values.set(name, {
        ...variable,
        ...(variable.array ? { array: new Map(variable.array) } : {}),
        ...(variable.table ? { table: new Map(variable.table) } : {}),
      });
    }
    for (const scope of this.scopes) copy.scopes.push(new Map(scope));
    return copy;
  }

  names(): string[] {
    return [...this.values.keys()].sort();
  }

  find(name: string): Variable | undefined {
    return this.values.get(name);
  }

  /** The scalar value; of an array its element 0. */
  get(name: string): string | undefined {
    const variable = this.values.get(name);
    if (!variable) return undefined;
    return variable.array ? variable.array.get(0) : variable.table ? variable.table.get('0') : variable.scalar;
  }

  declare(name: string): Variable {
    let variable = this.values.get(name);
    if (!variable) {
      variable = { exported: false, readonly: false, integer: false };
      this.values.set(name, variable);
    }
    return variable;
  }

  /** @throws ReadonlyVariable */
  set(name: string, value: string): void {
    const variable = this.writable(name);
    if (variable.array) variable.array.set(0, value);
    else if (variable.table) variable.table.set('0', value);
    else variable.scalar = value;
  }

  /** @throws ReadonlyVariable */
  setElement(name: string, index: string | number, value: string): void {
    const variable = this.writable(name);
    if (variable.table) {
      variable.table.set(String(index), value);
      return;
    }
    if (!variable.array) {
      variable.array = new Map();
      if (variable.scalar !== undefined) variable.array.set(0, variable.scalar);
      variable.scalar = undefined;
    }
    variable.array.set(Number(index), value);
  }

  /** @throws ReadonlyVariable */
  setArray(name: string, values: readonly string[]): void {
    const variable = this.writable(name);
    variable.scalar = undefined;
    variable.array = new Map(values.map((value, index) => [index, value]));
  }

  /** @throws ReadonlyVariable */
  unset(name: string): void {
    if (this.values.get(name)?.readonly) throw new ReadonlyVariable(name);
    this.values.delete(name);
  }

  /** Element values in the order of their index. */
  elements(name: string): [key: string, value: string][] {
    const variable = this.values.get(name);
    if (!variable) return [];
    if (variable.array) return [...variable.array].sort((a, b) => a[0] - b[0]).map(([index, value]) => [String(index), value]);
    if (variable.table) return [...variable.table];
    return variable.scalar === undefined ? [] : [['0', variable.scalar]];
  }

  /** What a child program gets. */
  environment(): Map<string, string> {
    const env = new Map<string, string>();
    for (const [name, variable] of this.values) {
      if (variable.exported && variable.scalar !== undefined) env.set(name, variable.scalar);
    }
    return env;
  }

  get inFunction(): boolean {
    return this.scopes.length > 0;
  }

  enterScope(): void {
    this.scopes.push(new Map());
  }

  leaveScope(): void {
    for (const [name, before] of this.scopes.pop() ?? []) {
      if (before) this.values.set(name, before);
      else this.values.delete(name);
    }
  }

  /** Makes `name` local to the running function; keeps nothing of the outer value. */
  makeLocal(name: string): Variable {
    const scope = this.scopes.at(-1);
    if (scope && !scope.has(name)) {
      const outer = this.values.get(name);
      scope.set(name, outer);
      this.values.set(name, { exported: outer?.exported ?? false, readonly: false, integer: false });
    }
    return this.declare(name);
  }

  private writable(name: string): Variable {
    const variable = this.declare(name);
    if (variable.readonly) throw new ReadonlyVariable(name);
    return variable;
  }
}

const QUOTE_FREE = /^[\w@%+=:,./-]+$/;

/** `value` as the shell would read it back: bare, or in single quotes. */
export function quoteWord(value: string): string {
  if (QUOTE_FREE.test(value)) return value;
  if (/[\n\t\r\x1b]/.test(value)) {
    return `$'${value.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t').replace(/\r/g, '\\r').replace(/\x1b/g, '\\E')}'`;
  }
  return `'${value.replace(/'/g, `'\\''`)}'`;
}
