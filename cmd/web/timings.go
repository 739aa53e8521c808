package main

import (
	"time"

	"latchkey/password"
)

// timings are the program's time limits and intervals, and the cost of a password hash. Tests shorten those that they wait for.
type timings struct {
	Header       time.Duration // for a client to send the header of a request
	Read         time.Duration // for a client to send a request in all
	Write        time.Duration // for a client to take the answer, from the end of the header on
	Idle         time.Duration // for a client to send the next request on the same connection
	Request      time.Duration // for a request to be answered, by way of the database
	Ready        time.Duration // for the database to answer a readiness check
	MetricsRead  time.Duration // for the database to answer a scrape of the metrics
	SQLiteLock   time.Duration // for another process to end its writing to SQLite
	MailPoll     time.Duration // between looks for mails that another process has queued
	MailLease    time.Duration // for a worker to send a batch of mails, before others take it over
	MailShutdown time.Duration // for the mail in hand when the program stops
	Hash         password.Params
}

// productionTimings returns the timings of the program outside tests.
var productionTimings = timings{
	Header:       5 * time.Second,
	Read:         15 * time.Second,
	Write:        30 * time.Second,
	Idle:         60 * time.Second,
	Request:      20 * time.Second,
	Ready:        3 * time.Second,
	MetricsRead:  3 * time.Second,
	SQLiteLock:   5 * time.Second,
	MailPoll:     5 * time.Second,
	MailLease:    2 * time.Minute,
	MailShutdown: 5 * time.Second,
	Hash:         password.DefaultParams,
}
