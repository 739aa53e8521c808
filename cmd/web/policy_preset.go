package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"latchkey/password"
)

func policyPresetCommand(out *env) *cobra.Command {
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
