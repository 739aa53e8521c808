package main

import (
	"errors"
	"strings"

	"latchkey/accounts/core"
	"latchkey/i18n"
	"latchkey/views/words"
)

// english are the words of the command line.
func english(catalogue *i18n.Catalogue) i18n.Words { return catalogue.For("en", "") }

// inWords says what is wrong with the input as pages do, one line each.
func (a *app) inWords(err error) error {
	var invalid *core.ValidationError
	if errors.Is(err, core.ErrNotFound) {
		return errors.New("there is no such account")
	}
	if !errors.As(err, &invalid) {
		return err
	}
	catalogue := english(a.words)
	var lines []string
	for _, field := range invalid.Fields {
		for _, violation := range field.Broken {
			lines = append(lines, field.Field+": "+words.Broken(catalogue, violation))
		}
		if field.Message != "" {
			lines = append(lines, field.Field+": "+catalogue.T(field.Message, field.Args...))
		}
	}
	return errors.New(strings.Join(lines, "\n"))
}
