// Package task carries out long work in the background: each task is a row with its progress, its report and a way to cancel it,
// and is run by one worker at a time, with retries. It survives the end of the program.
package task
