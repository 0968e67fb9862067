/** Whether nothing is lost and nothing half made, whatever IAM does: schedules of faults, and what must hold after each. */
@NullMarked
package io.rolesmith.reliability;

import org.jspecify.annotations.NullMarked;
