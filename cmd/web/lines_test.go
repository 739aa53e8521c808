package main

import (
	"regexp"
	"strings"
	"sync"
	"testing"
)

// lines is a writer that can be read while it is written.
type lines struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{}
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.changed <- struct{}{}:
	default:
	}
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// end returns the end of the log, and before it what went wrong earlier.
func (l *lines) end() string {
	const most = 4000
	text := l.String()
	early, late := text[:max(0, len(text)-most)], text[max(0, len(text)-most):]
	return strings.Join(wentWrong.FindAllString(early, -1), "\n") + "\n…" + late
}

var wentWrong = regexp.MustCompile(`(?m)^.*(level=WARN|level=ERROR|status=5\d\d).*$`)

// await waits until the text matches, and returns the first group.
func (l *lines) await(t *testing.T, ended chan error, pattern *regexp.Regexp) string {
	t.Helper()
	for {
		if found := pattern.FindStringSubmatch(l.String()); found != nil {
			return found[1]
		}
		select {
		case <-l.changed:
		case err := <-ended:
			ended <- nil
			t.Fatalf("the program ended before it served: %v\n%s", err, l.String())
		}
	}
}
