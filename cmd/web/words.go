package main

import (
	"errors"
	"strings"
	"time"

	"latchkey/accounts/core"
	"latchkey/i18n"
	"latchkey/views/words"
)

// english returns the language of the command line.
func english(catalogue *i18n.Catalogue) i18n.Words { return catalogue.For("en", "") }

// inWords explains an error like pages do, with a line for each field.
func (a *app) inWords(err error) error {
	problems := core.Describe(err)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return errors.New("there is no such account")
	case len(problems) == 0:
		return err
	}
	lines := make([]string, len(problems))
	for i, problem := range problems {
		lines[i] = explain(a.words, problem)
		if problem.Field != "" {
			lines[i] = problem.Field + ": " + lines[i]
		}
	}
	return errors.New(strings.Join(lines, "\n"))
}

func explain(catalogue *i18n.Catalogue, problem core.FieldError) string {
	return words.PlainError(words.Printer{Words: english(catalogue), Zone: time.UTC}, problem)
}
