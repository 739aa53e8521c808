package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"latchkey/accounts/core"
)

func linksCommand(out *env) *cobra.Command {
	links := &cobra.Command{Use: "links", Short: "links that were sent or handed over"}
	links.AddCommand(&cobra.Command{
		Use:   "end-all",
		Short: "end every link, every sign-in that is not complete and every token of the API, such as after a backup was restored",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := out.settings(cmd)
			if err != nil {
				return err
			}
			if err := mustExist(cfg); err != nil {
				return err
			}
			return out.withApp(cmd, func(a *app) error {
				links, sessions, tokens, err := a.accounts.Links.EndAll(cmd.Context(), core.CommandLine)
				if err != nil {
					return a.inWords(err)
				}
				_, err = fmt.Fprintf(out.stdout, "Links ended: %d\nIncomplete sign-ins ended: %d\nTokens of the API ended: %d\n", links, sessions, tokens)
				return err
			})
		},
	})
	return links
}
