// Command bench measures the program as it is shipped: built without cgo, started as a process, on SQLite and on PostgreSQL. It
// prints figures with their limits, and exits with 1 if a limit is missed. Ratios compare with a raw operation measured in
// turns in the same run, so that a busy machine slows down both.
//
// PostgreSQL is the one that the tests start, in memory and without fsync, or the server in LATCHKEY_TEST_POSTGRES.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// A run ends after these times, that of a long part after the second.
const (
	timeout     = 25 * time.Minute
	longTimeout = 3 * time.Hour
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// part is something that is measured.
type part struct {
	name, about string
	measure     func(*bench)
	long        bool
}

// parts are measured in this order. Those that take long only if they are asked for.
var parts = []part{
	{"passwords", "The benchmarks of password/generator; they have limits of their own.", (*bench).measurePasswords, false},
	{"start", "From the start of the process to the first answer of /healthz, and VmRSS of an idle process.", (*bench).measureStart, false},
	{"sign-in", "303 answers of POST /sign-in over kept connections, against raw argon2id with one goroutine per processor.", (*bench).measureSignIn, false},
	{"crowd", "200 sign-ins at once, while /healthz is requested every 5 ms. VmHWM is the peak of the process's memory.", (*bench).measureCrowd, false},
	{"mails", "From the first mail to the last as the mail server sees them, against go-mail alone over as many connections.", (*bench).measureMails, false},
	{"sweep", "Finding expired passwords and queueing a mail about each, among few accounts and among many.", (*bench).measureSweep, false},
	{"accounts", "p50 / p99 of pages as SuperAdmin, one request at a time.", (*bench).measurePages, false},
	{"preview", "p50 / p99 of POST /policy/preview as SuperAdmin, one request at a time; the limit is for the slowest.", (*bench).measurePreview, false},
	{"million", "p50 / p99 of pages in a large installation, one request at a time, and how much longer than in a small one.", (*bench).measureMillion, true},
	{"load", "A large installation while many browse without pauses, people sign in and accounts are created.", (*bench).measureLoad, true},
	{"expiry", "A large installation while a new policy lets the passwords of many expire, and their mails are sent.", (*bench).measureExpiry, true},
}

// hashMemory is how long a process keeps the memory of its last password hash.
const hashMemory = 20 * time.Second

// plan is what is measured, and how thoroughly.
type plan struct {
	only    string // the name of a part; "" = all
	engines []models.Engine

	accounts   int           // in the database
	starts     int           // of the process
	requests   int           // per page
	rounds     int           // of sign-ins between raw hashes
	round      time.Duration // the length of each
	crowds     int
	mails      int // due at once
	mailRounds int // between rounds of go-mail alone

	fewAccounts, manyAccounts, due, sweeps int

	crowd int           // accounts of the large installation
	keep  string        // a directory in which it is kept; "" = it is not
	under time.Duration // how long it is under load

	idle time.Duration // until a process counts as idle
}

var (
	thorough = plan{
		accounts: 100_000, starts: 10, requests: 300, rounds: 8, round: 2500 * time.Millisecond, crowds: 3, mails: 10_000, mailRounds: 3,
		fewAccounts: 10_000, manyAccounts: 1_000_000, due: 1000, sweeps: 9, crowd: 1_000_000, under: 3 * time.Minute, idle: hashMemory + 2*time.Second,
	}
	short = plan{
		accounts: 10_000, starts: 3, requests: 50, rounds: 2, round: time.Second, crowds: 1, mails: 1000, mailRounds: 1,
		fewAccounts: 1000, manyAccounts: 10_000, due: 100, sweeps: 3, crowd: 20_000, under: 5 * time.Second, idle: time.Second,
	}
)

func readPlan(args []string, stderr io.Writer) (plan, error) {
	var names []string
	for _, part := range parts {
		names = append(names, part.name)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	only := flags.String("only", "", "measure one part: "+strings.Join(names, ", "))
	engine := flags.String("engine", "both", "sqlite, postgres or both")
	crowd := flags.Int("accounts", 0, "the size of the large installation of the parts million, load and expiry")
	keep := flags.String("keep", "", "a directory to keep large installations in, for the next run; PostgreSQL's in the server of LATCHKEY_TEST_POSTGRES")
	quick := flags.Bool("short", false, "measure less, to see that it works; the figures are rough")
	if err := flags.Parse(args); err != nil {
		return plan{}, err
	}
	p := thorough
	if *quick {
		p = short
	}
	p.keep = *keep
	if *crowd > 0 {
		p.crowd = *crowd
	}
	if p.only = *only; p.only != "" && !slices.Contains(names, p.only) {
		return p, fmt.Errorf("-only %s: the parts are %s", p.only, strings.Join(names, ", "))
	}
	p.engines = map[string][]models.Engine{
		"both": {models.SQLite, models.Postgres}, "sqlite": {models.SQLite}, "postgres": {models.Postgres},
	}[*engine]
	if p.engines == nil {
		return p, fmt.Errorf("-engine %s: use sqlite, postgres or both", *engine)
	}
	return p, nil
}

// bench is a run. It is one benchmark, whose testing.TB provides clean-up and temporary directories.
type bench struct {
	testing.TB
	plan
	ctx    context.Context
	out    io.Writer // of figures
	notes  io.Writer // of progress
	err    error
	missed []string
	sites  map[models.Engine]*site
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	p, err := readPlan(args, stderr)
	if err != nil {
		return err
	}
	limit := timeout
	if slices.ContainsFunc(parts, func(part part) bool { return part.long && part.name == p.only }) {
		limit = longTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer testkit.Close()
	if flag.Lookup("test.benchtime") == nil {
		testing.Init()
	}
	host, _ := os.Hostname()
	fmt.Fprintf(stdout, "Latchkey on %s: %s/%s, %d processors, %s, %s\n", host, runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0),
		runtime.Version(), time.Now().Format(time.DateTime))
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Fprintf(stdout, "Load average at the start: %s\n", strings.Join(strings.Fields(string(load))[:3], " "))
	}
	b := &bench{plan: p, ctx: ctx, out: stdout, notes: stderr, sites: map[models.Engine]*site{}}
	_ = flag.Set("test.benchtime", "1x")
	testing.Benchmark(func(tb *testing.B) {
		b.TB = tb
		for _, part := range parts {
			if p.only == "" && !part.long || p.only == part.name {
				fmt.Fprintf(b.out, "\n%s\n%s\n\n", strings.ToUpper(part.name), part.about)
				part.measure(b)
			}
		}
	})
	if b.err == nil && len(b.missed) > 0 {
		b.err = errors.New("missed: " + strings.Join(b.missed, "; "))
	}
	return b.err
}

func (b *bench) measurePasswords() {
	command := exec.CommandContext(b.ctx, "go", "test", "-run=^$", "-bench=Check|Generate|Prepare", "-benchtime="+b.round.String(), "latchkey/password/generator")
	command.Stdout, command.Stderr = b.out, b.notes
	if command.Run() != nil {
		b.missed = append(b.missed, "passwords")
	}
}

// Fatalf replaces that of testing.B, which discards its message.
func (b *bench) Fatalf(format string, args ...any) {
	b.err = fmt.Errorf(format, args...)
	b.FailNow()
}

// Fatal is [bench.Fatalf] without a format.
func (b *bench) Fatal(args ...any) { b.Fatalf("%s", fmt.Sprint(args...)) }

// Skipf fails the run: a part that was asked for is not left out.
func (b *bench) Skipf(format string, args ...any) { b.Fatalf(format, args...) }

func (b *bench) must(err error) {
	if err != nil {
		b.Fatal(err)
	}
}

// limit is a bound of a figure; the zero value is none.
type limit struct {
	text   string
	missed bool
}

func atMost(value, bound float64) limit  { return limit{"≤ " + number(bound), value > bound} }
func atLeast(value, bound float64) limit { return limit{"≥ " + number(bound), value < bound} }

// add prints a figure with its verdict.
func (b *bench) add(name string, engine models.Engine, figure string, l limit, note string) {
	verdict := ""
	switch {
	case l.missed:
		verdict = "MISSED"
		b.missed = append(b.missed, strings.TrimSpace(name+" "+string(engine)))
	case l.text != "":
		verdict = "ok"
	}
	line := fmt.Sprintf("  %-32s %-9s %20s  %-9s %-7s %s", name, engine, figure, l.text, verdict, note)
	fmt.Fprintln(b.out, strings.TrimRight(line, " "))
}

// number formats a value with three significant digits or more, and spaces between thousands.
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

// percentile returns the smallest value that is not below the given share of all values (nearest rank).
func percentile(values []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	rank := int(share*float64(len(sorted)) + 0.999999)
	return sorted[min(max(rank, 1), len(sorted))-1]
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

// spread formats p50 and p99.
func spread(ms []float64) string {
	return number(median(ms)) + " / " + number(percentile(ms, 0.99)) + " ms"
}

// shares divides each round by the mean of the raw rounds before and after it.
func shares(rounds, raw []float64) []float64 {
	shares := make([]float64, len(rounds))
	for i, round := range rounds {
		shares[i] = round / ((raw[i] + raw[i+1]) / 2)
	}
	return shares
}
