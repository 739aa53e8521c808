package regex

import (
	"fmt"
	"sync"
	"time"

	"github.com/dlclark/regexp2"
)

const (
	// matchTimeout is when matching by backtracking is given up. The engine looks at a clock of its own that ticks every
	// 100 ms, so that it may take up to 0.25 s.
	matchTimeout = 50 * time.Millisecond

	// MaxPattern is the longest expression that is read, in code points.
	MaxPattern = 10_000

	maxTranslated = 300_000 // bytes of the translation for the engine
)

// Regex is a compiled regular expression. It may be used by several goroutines at once.
type Regex struct {
	tree      *node
	automaton *Automaton      // nil: not provable
	why       Reason          // it is not provable
	engine    *regexp2.Regexp // of those that are not
	superset  func() *Automaton
}

// Error is what is wrong with a regular expression, and where.
type Error struct {
	At  int // code point, from 1
	Why string
}

// Error says the position first.
func (e Error) Error() string { return fmt.Sprintf("character %d: %s", e.At, e.Why) }

// Compile reads a regular expression in Java's syntax (java.util.regex.Pattern) and prepares it for matching whole
// texts, as matches() does. What cannot be read, or what Java's versions disagree on, is an [Error] with its position.
//
// It becomes an automaton where one can hold it. What none can hold, and what would need too large a one, is matched by
// backtracking; see [Regex.NotProvable].
func Compile(pattern string) (*Regex, error) {
	tree, err := read(pattern)
	if err != nil {
		return nil, err
	}
	r := &Regex{tree: tree, why: unprovable(tree), superset: sync.OnceValue(func() *Automaton { return superset(tree) })}
	if r.why == Provable {
		r.automaton, r.why = build(tree)
	}
	if r.automaton == nil {
		r.engine, err = compileEngine(tree)
	}
	return r, err
}

// compileEngine prepares an expression for backtracking.
func compileEngine(tree *node) (*regexp2.Regexp, error) {
	translated := write(tree)
	if len(translated) > maxTranslated {
		return nil, Error{1, "the expression is too large once its character classes are written out"}
	}
	engine, err := regexp2.Compile(translated, regexp2.None)
	if err != nil {
		return nil, Error{1, "the engine refuses the expression: " + err.Error()}
	}
	engine.MatchTimeout = matchTimeout
	return engine, nil
}

// Match reports whether the whole text matches. An automaton takes time in proportion to the text and never gives up;
// backtracking may, which is timedOut. The engine's error is dropped on purpose: it quotes the text.
func (r *Regex) Match(s string) (matches, timedOut bool) {
	if r.automaton != nil {
		return r.automaton.Match(s), false
	}
	matches, err := r.engine.MatchString(s)
	return matches && err == nil, err != nil
}

// NotProvable says why no automaton holds the expression, so that nothing can be proved about it.
func (r *Regex) NotProvable() Reason { return r.why }

// Automaton accepts exactly what matches. It is nil where the expression is not provable.
func (r *Regex) Automaton() *Automaton { return r.automaton }

// Superset accepts every text that matches, and perhaps more. It is built on first use, which can take long, and nil if it
// would be too large.
func (r *Regex) Superset() *Automaton { return r.superset() }
