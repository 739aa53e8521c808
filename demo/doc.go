// Package demo fills an empty database with an invented company and its last hundred days. Nothing of them is written
// as it should look at the end: the days are played through the use cases and jobs of the program itself, under a clock
// that begins in the past, so that the log, the mails and every row tell of one another as they do in earnest.
package demo
