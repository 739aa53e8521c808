package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"latchkey/accounts/core"
	"latchkey/models"
)

func tasksCommand(out *env) *cobra.Command {
	command := &cobra.Command{
		Use:   "tasks",
		Short: "list the newest tasks that run in the background, with their progress and report",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return out.withApp(cmd, func(a *app) error {
				tasks, err := a.accounts.Tasks.List(cmd.Context(), core.CommandLine)
				if err != nil {
					return err
				}
				return printTasks(out.stdout, tasks)
			})
		},
	}
	command.AddCommand(&cobra.Command{
		Use:   "cancel ID",
		Short: "cancel a task that waits or runs",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return out.withApp(cmd, func(a *app) error {
				err := a.accounts.Tasks.Cancel(cmd.Context(), core.CommandLine, args[0])
				if errors.Is(err, core.ErrNotFound) {
					return fmt.Errorf("%q: there is no such task, or it has ended", args[0])
				}
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(out.stdout, "Task %s is cancelled; if it runs, it stops at its next step.\n", args[0])
				return err
			})
		},
	})
	return command
}

func printTasks(to io.Writer, tasks []models.Task) error {
	if len(tasks) == 0 {
		_, err := fmt.Fprintln(to, "There are no tasks.")
		return err
	}
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tKIND\tSTATE\tCREATED\tDONE\tREPORT")
	for _, t := range tasks {
		done, report := strconv.Itoa(t.Done), t.Report
		if t.Total > 0 {
			done += " of " + strconv.Itoa(t.Total)
		}
		if t.Error != "" {
			report = strconv.Quote(t.Error)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Kind, t.State, t.CreatedAt.Format(time.RFC3339), done, report)
	}
	return table.Flush()
}
