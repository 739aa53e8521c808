// Command bench measures the program as people run it: built without cgo, started as a process of its own, spoken to over
// HTTP on 127.0.0.1, on SQLite and on PostgreSQL. It prints a table of figures with their limits, and exits 1 when a limit
// is missed.
//
// PostgreSQL is the test kit's, in memory and without fsync, or the server that LATCHKEY_TEST_POSTGRES names.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// longest is when a run is given up.
const longest = 25 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// part is a group of figures that are measured together.
type part struct {
	name, title string
	how         string
	measure     func(context.Context, *bench, *report) error
}

// parts are all parts in the order in which they are measured.
var parts = []part{
	{
		"passwords", "Passwords",
		"One goroutine, the built-in policy of accounts; hashing has no part in it.", measurePasswords,
	},
	{
		"start", "Start and rest",
		"From starting the process to the first answer of /healthz, and VmRSS of /proc while nobody asks for anything.", measureStart,
	},
	{
		"sign-in", "Signing in",
		"Answers 303 of POST /sign-in over kept connections, each worker as an account of its own. The raw rate is the same\n" +
			"argon2id, as many at a time as there are processors, in this process. Both in turns: a share is that of a round of\n" +
			"sign-ins in the raw rounds before and after it.",
		measureSignIn,
	},
	{
		"crowd", "200 sign-ins at once",
		"A fresh process; three crowds one after another while /healthz is asked every 5 ms. VmHWM is the most memory it ever had.",
		measureCrowd,
	},
	{
		"mails", "Mails",
		"From the first mail to the last, as the mail server sees them: one in this process that takes everything. The program\n" +
			"finds them due when it starts; in turns with it, go-mail alone writes and sends as many over as many kept\n" +
			"connections, with a call for each mail, and, for comparison, with one for a hundred.",
		measureMails,
	},
	{
		"sweep", "The sweep",
		"How long it takes to find passwords that have expired and to queue a mail about each, in this process, in turns among few\n" +
			"accounts and among many. A tenth are technical, with passwords that are older and never expire.",
		measureSweep,
	},
	{
		"accounts", "The accounts page",
		"p50 / p99 of GET /accounts as SuperAdmin, one request at a time; in turns with it, the page's query alone\n" +
			"(models.ListAccounts in this process, on the same database). Rows are those that the page shows.",
		measureAccounts,
	},
	{
		"preview", "The preview of a policy",
		"p50 / p99 of POST /policy/preview as SuperAdmin, one request at a time. The limit is for the slowest.", measurePreview,
	},
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	plan, err := readPlan(args, stderr)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	b, err := open(plan, stderr)
	if err != nil {
		return err
	}
	defer b.close()
	r := &report{out: stdout}
	r.header(plan)
	for _, part := range parts {
		if err := b.measure(ctx, part, r); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return r.verdict()
}
