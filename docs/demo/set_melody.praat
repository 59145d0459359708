# Gives one spoken sentence a new melody and pace; the voice's own sounds stay as they are.
# Called as: praat --run set_melody.praat IN.wav MELODY.PitchTier PACE OUT.wav
# PACE is the factor by which the sentence grows longer.

form Set melody
    sentence In
    sentence Melody
    positive Pace
    sentence Out
endform

sound = Read from file: in$
duration = Get total duration
manipulation = To Manipulation: 0.01, 60, 260
melody = Read from file: melody$
slower = Create DurationTier: "slower", 0, duration
Add point: 0, pace

selectObject: manipulation
plusObject: melody
Replace pitch tier
selectObject: manipulation
plusObject: slower
Replace duration tier
selectObject: manipulation
Get resynthesis (overlap-add)
# Room above the peaks, the same for every sentence: the new pulses may add up higher.
Multiply: 0.8
Save as WAV file: out$
