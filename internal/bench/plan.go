package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"latchkey/models"
)

// plan is what is measured, and how thoroughly.
type plan struct {
	only    string // the name of a part; "" = all
	engines []models.Engine

	accounts   int           // in the database
	customers  int           // of them, those whose passwords are known
	starts     int           // of the process
	requests   int           // a list of accounts
	rounds     int           // of sign-ins between raw hashes
	round      time.Duration // the length of each
	crowds     int
	mails      int // due at once
	mailRounds int // of them, between rounds of go-mail alone

	fewAccounts, manyAccounts int // among which a sweep finds
	due                       int // so many passwords expired
	sweeps                    int

	rest time.Duration // until a process counts as idle
}

var (
	thorough = plan{
		accounts: 100_000, customers: 64, starts: 10, requests: 300, rounds: 8, round: 2500 * time.Millisecond, crowds: 3,
		mails: 10_000, mailRounds: 3, fewAccounts: 10_000, manyAccounts: 1_000_000, due: 1000, sweeps: 9,
		rest: 22 * time.Second, // the memory of hashes goes back after 20
	}
	short = plan{
		accounts: 10_000, customers: 64, starts: 3, requests: 50, rounds: 2, round: time.Second, crowds: 1, rest: time.Second,
		mails: 1000, mailRounds: 1, fewAccounts: 1000, manyAccounts: 10_000, due: 100, sweeps: 3,
	}
)

// readPlan reads the flags.
func readPlan(args []string, stderr io.Writer) (plan, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	only := flags.String("only", "", "measure one part: "+strings.Join(partNames(), ", "))
	engine := flags.String("engine", "both", "sqlite, postgres or both")
	quick := flags.Bool("short", false, "measure less, to see that it works; the figures are rough")
	if err := flags.Parse(args); err != nil {
		return plan{}, err
	}
	p := thorough
	if *quick {
		p = short
	}
	p.only = *only
	if p.only != "" && !slices.Contains(partNames(), p.only) {
		return p, fmt.Errorf("-only %s: there is %s", p.only, strings.Join(partNames(), ", "))
	}
	var err error
	p.engines, err = readEngines(*engine)
	return p, err
}

func readEngines(name string) ([]models.Engine, error) {
	switch name {
	case "both":
		return []models.Engine{models.SQLite, models.Postgres}, nil
	case string(models.SQLite), string(models.Postgres):
		return []models.Engine{models.Engine(name)}, nil
	default:
		return nil, fmt.Errorf("-engine %s: there is sqlite, postgres and both", name)
	}
}

func partNames() []string {
	names := make([]string, len(parts))
	for i, part := range parts {
		names[i] = part.name
	}
	return names
}
