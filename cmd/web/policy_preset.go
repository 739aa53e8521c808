package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"latchkey/i18n"
	"latchkey/password"
	"latchkey/views"
)

func policyPresetCommand(out *outside) *cobra.Command {
	return &cobra.Command{
		Use:       "preset nist|source",
		Short:     "print a whole policy file: as NIST SP 800-63B-4 asks for, or the built-in policy",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: password.PresetNames(),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := password.Preset(strings.Join(args, ""))
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(out.stdout, text)
			return err
		},
	}
}

// judge says where a policy departs from the standards.
func (out *outside) judge(words i18n.Words, policy password.Policy) {
	departures := views.Departures(words, policy)
	for _, departure := range departures {
		fmt.Fprintf(out.stdout, "  departs from %s: %s\n", departure.Numbers, departure.Words)
	}
	if len(departures) == 0 {
		fmt.Fprintln(out.stdout, "  "+words.T("It departs from neither NIST nor ASVS."))
	}
}
