package password

import (
	"fmt"
	"time"

	"github.com/dlclark/regexp2"
)

const (
	// matchTimeout is when matching is given up. The engine looks at a clock of its own that ticks every 100 ms, so
	// that it may take up to 0.25 s.
	matchTimeout = 50 * time.Millisecond

	maxPattern    = 10_000  // code points of an expression
	maxTranslated = 300_000 // bytes of its translation
)

// matcher is a compiled regular expression. It may be used by several goroutines at once, as the engine's may.
type matcher struct {
	engine *regexp2.Regexp
	tree   *node
}

// patternError is what is wrong with a regular expression, and where.
type patternError struct {
	at  int // code point, from 1
	why string
}

// Error says the position first.
func (e patternError) Error() string { return fmt.Sprintf("character %d: %s", e.at, e.why) }

// compile reads a regular expression in Java's syntax (java.util.regex.Pattern) and prepares it for matching whole
// passwords, as matches() does. What would mean something else to the engine is translated; what cannot be, or what
// Java's versions disagree on, is an error with its position.
func compile(pattern string) (*matcher, error) {
	tree, err := readRegex(pattern)
	if err != nil {
		return nil, err
	}
	translated := writeRegex(tree)
	if len(translated) > maxTranslated {
		return nil, patternError{1, "the expression is too large once its character classes are written out"}
	}
	engine, err := regexp2.Compile(translated, regexp2.None)
	if err != nil {
		return nil, patternError{1, "the engine refuses the expression: " + err.Error()}
	}
	engine.MatchTimeout = matchTimeout
	return &matcher{engine: engine, tree: tree}, nil
}

// match reports whether the whole password matches. The engine's error is dropped on purpose: it quotes the password.
func (m *matcher) match(s string) (matches, timedOut bool) {
	matches, err := m.engine.MatchString(s)
	return matches && err == nil, err != nil
}

// matcher returns the compiled expression, compiling it for policies that were put together by hand. It is nil for a
// policy without one.
func (p Policy) matcher() (*matcher, error) {
	if p.regex != nil || p.AllowedRegex == "" {
		return p.regex, nil
	}
	return compile(p.AllowedRegex)
}
