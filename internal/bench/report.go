package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"latchkey/models"
)

// figure is a line of the table.
type figure struct {
	name     string
	engine   models.Engine // "" = none has part in it
	measured string
	limit    limit
	note     string
}

// limit is what a figure is held to; the zero value is none.
type limit struct {
	words  string
	missed bool
}

// atMost and atLeast hold a value to a bound.
func atMost(value, bound float64, unit string) limit {
	return limit{"≤ " + number(bound) + unit, value > bound}
}

func atLeast(value, bound float64, unit string) limit {
	return limit{"≥ " + number(bound) + unit, value < bound}
}

// report prints figures as they come, and remembers which missed their limits.
type report struct {
	out    io.Writer
	missed []string
}

func (r *report) header(p plan) {
	host, _ := os.Hostname()
	fmt.Fprintf(r.out, "Latchkey on %s: %s/%s, %d processors, %s, %s\n", host, runtime.GOOS, runtime.GOARCH,
		runtime.GOMAXPROCS(0), runtime.Version(), time.Now().Format(time.DateTime))
	fmt.Fprintf(r.out, "Databases with %s accounts. SQLite in %s; PostgreSQL %s.\n", number(float64(p.accounts)), os.TempDir(), whichPostgres())
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Fprintf(r.out, "Load when it began (1, 5, 15 minutes): %s\n", strings.Join(strings.Fields(string(load))[:3], " "))
	}
}

func (r *report) section(title, how string) {
	fmt.Fprintf(r.out, "\n%s\n%s\n\n", strings.ToUpper(title), how)
}

const line = "  %-36s %-9s %20s  %-10s %-7s %s\n"

func (r *report) add(f figure) {
	verdict := ""
	switch {
	case f.limit.missed:
		verdict = "MISSED"
		r.missed = append(r.missed, strings.TrimSpace(f.name+" "+string(f.engine)))
	case f.limit.words != "":
		verdict = "ok"
	}
	text := fmt.Sprintf(line, f.name, f.engine, f.measured, f.limit.words, verdict, f.note)
	fmt.Fprintln(r.out, strings.TrimRight(text, " \n"))
}

// verdict is an error when a limit was missed.
func (r *report) verdict() error {
	if len(r.missed) == 0 {
		fmt.Fprintln(r.out, "\nEvery limit holds.")
		return nil
	}
	return errors.New("missed: " + strings.Join(r.missed, "; "))
}

// number writes three figures or more, with spaces between thousands.
func number(value float64) string {
	switch {
	case value < 10:
		return fmt.Sprintf("%.2f", value)
	case value < 100:
		return fmt.Sprintf("%.1f", value)
	}
	digits := fmt.Sprintf("%.0f", value)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + " " + digits[at:]
	}
	return digits
}
