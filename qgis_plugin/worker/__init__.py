"""The worker process: client, controller, single jobs."""
