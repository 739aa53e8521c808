package regex

import (
	"fmt"
	"sync"
	"time"

	"github.com/dlclark/regexp2"
)

const (
	// matchTimeout limits matching by backtracking. The engine's own clock ticks every 100 ms, so that it can take 0.25 s.
	matchTimeout = 50 * time.Millisecond

	// MaxPattern limits an expression, in code points.
	MaxPattern = 10_000

	maxTranslated = 300_000 // bytes of the translation for the engine
)

// Regex is a compiled regular expression. It is safe for concurrent use.
type Regex struct {
	tree      *node
	automaton *Automaton      // nil: not provable
	why       Reason          // why it is not provable
	engine    *regexp2.Regexp // nil if it is provable
	superset  func() *Automaton
}

// Error is a mistake in a regular expression.
type Error struct {
	At  int // code point, from 1
	Why string
}

// Error returns the position and the reason.
func (e Error) Error() string { return fmt.Sprintf("character %d: %s", e.At, e.Why) }

// Compile reads a regular expression in Java's syntax (java.util.regex.Pattern) for matching whole texts, as matches() does.
// Mistakes, and syntax that Java's versions disagree on, are an [Error] with a position.
//
// The expression becomes an automaton if possible, else it is matched by backtracking; see [Regex.NotProvable].
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

// compileEngine compiles an expression for backtracking.
func compileEngine(tree *node) (*regexp2.Regexp, error) {
	translated := translate(tree)
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

// Match reports whether the whole text matches. An automaton takes linear time; backtracking can time out. The engine's
// error is dropped because it quotes the text.
func (r *Regex) Match(s string) (matches, timedOut bool) {
	if r.automaton != nil {
		return r.automaton.Match(s), false
	}
	matches, err := r.engine.MatchString(s)
	return matches && err == nil, err != nil
}

// NotProvable returns why the expression has no automaton, so that nothing can be proved about it; "" if it has one.
func (r *Regex) NotProvable() Reason { return r.why }

// Automaton returns the automaton that accepts exactly what matches; nil if the expression is not provable.
func (r *Regex) Automaton() *Automaton { return r.automaton }

// Superset returns an automaton that accepts every text that matches, and perhaps more; nil if it would be too large. It is
// built on first use, which can take long.
func (r *Regex) Superset() *Automaton { return r.superset() }
